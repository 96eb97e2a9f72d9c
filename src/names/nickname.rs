//! Given names and the short forms used for them.
//!
//! A line is one name: its spellings in full, a colon, and its short forms between commas; short forms that are written
//! without a comma between them are used for one another (`bob bobby`). Names of one line that are not put together so
//! do not stand for each other: an Amir and a Hossein are two people, though either may be an Amirhossein. A short form
//! can be of several names (`Sasha` of Alexander and Alexandra) and be a name of its own.

use std::sync::LazyLock;

use hashbrown::HashMap;

use crate::text::fold;

const NAMES: &str = "
robert : rob robbie, bob bobby, bert
rupert : rupe
william liam : will willy willie, bill billy, wm
elizabeth elisabeth : liz lizzie lizzy, beth, betty, betsy, eliza, elsie, lisa, libby, lilibet, bess bessie
margaret : maggie meg, peggy, marge margie, margo margot, madge, daisy, greta, rita
katherine catherine kathryn katharine : kate katie, kathy cathy cath kath, kitty, kat, kit, kay, katy
kathleen : kathy cathy kath, kate katie katy
james : jim jimmy, jamie, jem
john : jack, johnny johnnie jonny, jon
jonathan jonathon : jon jonny, john
nathan : nat, nate
richard : rick ricky, dick, richie rich
edward eduard : ed eddie, ted teddy, ned
edmund : ed eddie, ted, ned
edwin : ed eddie
theodore : ted teddy, theo
thomas : tom tommy, thom
michael : mike mikey, mick mickey micky, mitch
mitchell : mitch
christopher : chris, kit, topher, kris
christian : chris
christine kristin kristine : chris chrissie, tina, christy
christina kristina : chris chrissie, tina, christy
daniel : dan danny
david : dave davy davey
joseph : joe joey, jo
josephine : jo josie, joey
samuel : sam sammy
samantha : sam sammie
alexander : alex, al, sandy, xander, lex, alec
alistair alasdair : al, ally
alexandra : alex, sandra, lexi, alexa, sandy, alix
anthony antony : tony, ant
andrew : andy, drew
benjamin : ben benny, benji
charles : charlie chas chaz, chuck
charlotte : charlie, lottie lotte
frederick : fred freddie freddy, fritz
francis : frank frankie, fran
frances : fran frannie, fanny
franklin : frank
george : georgie, geo
gerald : gerry jerry
gregory : greg gregg
harold : harry, hal
henry : harry, hank, hal
jacob : jake, jack
jacqueline : jackie jacqui
jeffrey geoffrey : jeff geoff
jennifer : jenny jen jenn
jessica : jess jessie
kenneth : ken kenny
kevin : kev
lawrence laurence : larry, lars
leonard : leo, len lenny
leo : lee
matthew : matt matty
nicholas : nick nicky, nico nic
nicola : nicky nikki, nic
patrick : pat, paddy, rick
patricia : pat, patty, tricia trish, patsy
peter : pete
philip phillip : phil, pip
raymond : ray
rebecca : becky becca, bex
ronald : ron ronnie
stephen steven : steve stevie
stephanie : steph stevie
susan suzanne susanna : sue, susie suzy
timothy : tim timmy
victoria : vicky vicki, tori, vic
victor : vic
vincent : vince, vinny
walter : walt, wally
zachary : zach zack zak
abigail : abby, gail
amanda : mandy
angela : angie
ann anne : annie, nan, nancy
anna : annie
barbara : barb, babs barbie
caroline carolyn : carol, carrie, caro, lina
cynthia : cindy
deborah debra : deb debbie
dorothy : dot dottie, dolly
eleanor : ellie, nell nellie, nora
ellen : ellie, nell nellie
emily : em, millie
emma : em, emmie
evelyn : eve, evie
florence : flo florrie
gabrielle : gabby
gillian : gill jill
helen : nell nellie, lena
isabella isabel isobel : bella belle, izzy
joanna joanne : jo
judith : judy, jude
julia julie : jules
kimberly : kim
laura : laurie
linda : lindy
louise : lou, lulu
lucy lucille : lu
martha : marty, patty
mary : molly, polly, mamie, may
matilda : tilly tilda, mattie
melissa : mel, missy, lissa
melanie : mel
millicent : millie
natalie : nat
olivia : liv livvy, ollie
oliver : ollie
pamela : pam
penelope : penny
rachel : rach, rae
sarah : sally, sadie
sandra : sandy
sylvia : sylvie
tabitha : tabby
teresa theresa : terry, tess tessa
valerie : val
virginia : ginny
winifred : winnie, freda
albert : al, bert bertie
alfred : alf alfie, fred, al
arthur : art artie
arnold : arnie
bartholomew : bart
bernard : bernie
bradley : brad
cameron : cam
clifford : cliff
donald : don donny
douglas : doug
duncan : dunc
ernest : ernie
eugene : gene
gilbert : gil, bert
herbert : herb, bert bertie
hugh : hughie, hugo
isaac : ike, zac
joshua : josh
louis lewis : lou louie
martin : marty
maurice morris : mo
maxwell : max
maximilian : max
nathaniel : nate, nat, nathan
norman : norm
oscar : ozzie
randolph : randy
reginald : reg reggie
roderick : rod roddy
rodney : rod
rosemary : rose rosie
rose : rosie
russell : russ
sebastian : seb, bas
sidney : sid
stanley : stan
stuart stewart : stu
terence terrance : terry
tobias : toby
александр aleksandr alexander : саша сашка sasha, шура шурик shura, саня санек sanya, алекс alex
александра aleksandra alexandra : саша сашенька sasha, шура shura, саня sanya
алексей aleksei alexey : леша алеша лёха alyosha alesha lesha lyosha, алекс alex
анастасия anastasia anastasiia : настя nastya nastia, ася asya, стася stasya
анатолий anatolii anatoly : толя толик tolya tolia
андрей andrei andrey : андрюша andryusha, дрон
анна anna : аня анюта анечка anya ania anyuta, нюра нюша
антон anton : антоша тоша antosha
антонина antonina : тоня tonya
аркадий arkadii arkady : аркаша arkasha
артем артемий artem artyom : тема tyoma tema
борис boris : боря borya
вадим vadim : вадик vadik
валентин valentin : валя valya
валентина valentina : валя valya valia
валерий valerii valery : валера valera
валерия valeriia valeria : лера lera
варвара varvara : варя varya
василий vasilii vasily : вася василёк vasya vasia
вера vera : верочка
вероника veronika : ника nika
виктор viktor victor : витя vitya vitia
виктория viktoriia victoria : вика vika
виталий vitalii vitaly : виталик vitalik
владимир vladimir : вова вовочка vova, володя volodya, влад vlad
владислав vladislav : влад владик vlad, слава slava
вячеслав viacheslav vyacheslav : слава slava
галина galina : галя galya galia
геннадий gennadii gennady : гена gena
георгий georgii georgy : гоша gosha, жора zhora, гога
григорий grigorii grigory : гриша grisha
дарья daria darya : даша дашенька dasha
даниил данил данила daniil danil danila : даня danya
денис denis : дениска, ден den
дмитрий dmitrii dmitry : дима димон dima, митя mitya
евгений evgenii evgeny yevgeny eugene : женя женька zhenya zhenia
евгения evgeniia evgenia yevgenia : женя zhenya zhenia
егор egor yegor : егорка, гоша gosha
екатерина катерина ekaterina katerina catherine : катя катенька катюша katya katia katyusha, kate
елена elena yelena helen : лена леночка ленка lena, алена alyona alena
елизавета elizaveta elizabeth : лиза лизонька liza lisa
зинаида zinaida : зина zina
иван ivan : ваня ванечка vanya vania
игорь igor : игорек, гоша gosha
илья ilia ilya : илюша ilyusha
ирина irina : ира ириша ira irisha
кирилл kirill : кира kira kir
константин konstantin : костя kostya kostia
кристина kristina : кристи kris
ксения kseniia ksenia xenia : ксюша ksyusha
лариса larisa : лара lara
лев lev leo : лева leva lyova
леонид leonid : леня lenya lyonya
лидия lidia lidiia : лида lida
любовь liubov lyubov : люба lyuba liuba
людмила liudmila lyudmila ludmila : люда lyuda luda, мила mila, люся
максим maksim maxim : макс max
маргарита margarita : рита rita, марго margo
марина marina : мариша marisha
мария maria mariia mariya : маша машенька masha, маруся marusya, маня, мариша
матвей matvei matvey : мотя motya
михаил mikhail michael : миша мишка misha
надежда nadezhda : надя nadya nadia
наталья наталия natalia natalya : наташа natasha, ната nata
никита nikita : ник nick
николай nikolai nikolay : коля kolya kolia, ник nick
оксана oksana oxana : ксюша ksyusha
олег oleg : олежка olezhka
ольга olga : оля оленька olya olia
павел pavel paul : паша pasha
петр petr peter pyotr : петя petya petia
полина polina : поля полинка polya
раиса raisa : рая raya
роман roman : рома roma
светлана svetlana : света sveta, lana
семен semen semyon : сема syoma
сергей sergei sergey : сережа серега серый seryozha serezha
софья софия sofia sofya sophia : соня sonya sonia
станислав stanislav : стас stas, слава slava
степан stepan : степа styopa stepa
таисия таисья taisia : тая taya
тамара tamara : тома toma
татьяна tatiana tatyana : таня танюша tanya tania
тимофей timofei timofey : тима тимоша tima
федор fedor fyodor : федя fedya
эдуард eduard : эдик edik
юлия iuliia julia yulia : юля yulya julie
юрий iurii yuri yury : юра yura
яков iakov yakov : яша yasha
ярослав iaroslav yaroslav : слава slava, ярик yarik
яна yana : яночка
יצחק yitzhak yitzchak itzhak isaac : איציק איצי itzik itsik, צחי tzahi
יוסף yosef joseph : יוסי yossi yosi, סיפי
יעקב yaakov jacob : קובי kobi koby, יענקלה yankel
משה moshe moses : מוישה moishe, מושיק moshik, מוש mosh
אברהם avraham abraham : אבי avi, אברום avrum, ברהום brahum
שלמה shlomo solomon : שלומי shlomi, מומו
חיים haim chaim : חיימקה haimke
בנימין binyamin benjamin : בני benny beni, ביבי bibi
אליהו eliyahu elijah : אלי eli
אליעזר eliezer : אלי eli, לייזר leizer
דוד david : דודי דודו dudi dudu
דניאל daniel : דני dani danny
מיכאל michael : מיקי miki, מייק mike
מרדכי mordechai : מוטי moti motti, מורדי
מנחם menachem : מני meni, mendel
מאיר meir : מאירקה meirke
שמואל shmuel samuel : שמוליק shmulik, סמי
שמעון shimon simon : שימי shimi
רפאל rafael raphael : רפי rafi
גבריאל gavriel gabriel : גבי gabi
נתן natan nathan : נתי nati
יהודה yehuda judah : יודה יודי yudi
יהונתן יונתן yehonatan yonatan jonathan : יוני yoni
אהרון aharon aaron : ארון, ahrele
עמנואל emanuel : מנו mano
צבי zvi tzvi : צביקה tzvika zvika, הירש
זאב zeev : וולף wolf, zevik
רבקה rivka rebecca : ריקי riki, רבי, rivki, becky
רחל rachel : רחלי racheli, heli
מרים miriam : מירי miri, מימי mimi
שרה sarah sara : שרהלה, שרי sari, שרית sarit
אסתר esther ester : אסתי esti, אתי eti
חנה hannah hana chana hanna : חני hani
דבורה devora devorah dvora deborah : דבי debbie, דבורי
לאה leah : לאלי lali
שושנה shoshana : שוש shosh, רוזי
יהודית yehudit judith : דיתה dita, judy
אביגיל avigail abigail : גילי gili
אלישבע elisheva : שבע sheva
ציפורה tzipora : ציפי tzipi zipi
فاطمه فاطیما fatemeh fatima : فاطی fati, فطوم fatoum
محمد mohammad mohamad mohammed muhammad : ممد mamad, مملی, مودی moody, mo, حماده hamada, حمودي hamoudi hammoudi
محمدرضا mohammadreza : ممدرضا mamadreza
علیرضا alireza : علی ali
امیرحسین amirhossein : امیر amir, حسین hossein
امیرعلی amirali : امیر amir
امیرمحمد amirmohammad : امیر amir
محمدمهدی mohammadmehdi : مهدی mehdi, محمد mohammad
حمیدرضا hamidreza : حمید hamid
غلامرضا gholamreza : رضا reza, غلام gholam
غلامحسین gholamhossein : حسین hossein, غلام gholam
ابوالفضل abolfazl : ابی abi, ابول abol
مریم maryam : مری mari, مرمر
زهرا zahra : زری zari
نیلوفر niloufar : نیلو nilou, نیلی nili
نازنین nazanin : نازی nazi
نرگس narges : نرگسی
الناز elnaz : الی eli
الهام elham : الی eli
الهه elaheh : الی eli
داریوش dariush darioush : داری dari
کوروش kourosh : کوری kouri
فریدون fereydoun : فری feri
فرزانه farzaneh : فری feri
فریبا fariba : فری feri
پریسا parisa : پری pari
پروانه parvaneh : پری pari
شهرزاد shahrzad : شهری shahri
سمیه somayeh : سمی somi
معصومه masoumeh : معصی masi
ابراهیم ebrahim ibrahim : ابی ebi, ابرام, برهوم barhoum, hima
عبدالله abdullah : عبودی عبود aboud abboud, abdo
عبدالرحمن abdulrahman : عبودی aboud, دحومی dahoomi, abdo
محمود mahmoud : حوده, hamada
احمد ahmed ahmad : حماده hamada, حمودي hammoudi hamoudi
يوسف yousef : جو joe
مصطفى mustafa : صطوف, درش darsh
خديجة khadija : خدوج khadouj
عائشة aisha : عيوش ayosh
زينب zeinab zainab : زنوبة, زوزو zouzou
";

/// Names by their folded form with the groups that they are in, ascending. A group is a name in full with one set of its
/// short forms, so that all in it stand for each other.
static INDEX: LazyLock<HashMap<Box<str>, Vec<u16>>> = LazyLock::new(|| {
    let mut index: HashMap<Box<str>, Vec<u16>> = HashMap::new();
    let lines = NAMES.lines().filter_map(|line| line.split_once(':'));
    let sets = lines.flat_map(|(full, short)| short.split(',').map(move |set| (full, set)));
    for (id, (full, set)) in (0..).zip(sets) {
        let names = full.split_whitespace().chain(set.split_whitespace());
        for name in names {
            index.entry(fold(name).into()).or_default().push(id);
        }
    }
    index
});

/// The groups of a word and of its usual Latin spellings, ascending.
pub(super) fn groups(folded: &str, usual: &[String]) -> Vec<u16> {
    let mut groups = Vec::new();
    for form in std::iter::once(folded).chain(usual.iter().map(AsRef::as_ref)) {
        groups.extend(INDEX.get(form).into_iter().flatten());
    }
    groups.sort_unstable();
    groups.dedup();
    groups
}

#[cfg(test)]
mod tests {
    use super::{INDEX, NAMES, groups};
    use crate::text::fold;

    fn share(one: &str, other: &str) -> bool {
        let (one, other) = (groups(&fold(one), &[]), groups(&fold(other), &[]));
        one.iter().any(|group| other.contains(group))
    }

    #[test]
    fn a_name_and_its_short_forms_share_a_group() {
        for (one, other) in [
            ("Bob", "Robert"),
            ("Bob", "Bobby"),
            ("Betty", "Elizabeth"),
            ("Jon", "Jonathan"),
            ("Саша", "Александр"),
            ("Саша", "Alexandra"),
            ("Sasha", "Сашка"),
            ("лена", "elena"),
            ("איציק", "Yitzchak"),
            ("קובי", "יעקב"),
            ("امیر", "امیرحسین"),
            ("حسین", "امیرحسین"),
            ("Reza", "Gholamreza"),
            ("ممد", "محمد"),
            ("حمودي", "احمد"),
        ] {
            assert!(share(one, other), "{one} {other}");
        }
        assert!(groups("nobody", &[]).is_empty());
    }

    #[test]
    fn two_names_that_have_something_in_common_share_no_group() {
        for (one, other) in [
            ("امیر", "حسین"),
            ("Amir", "Hossein"),
            ("محمد", "مهدی"),
            ("Mohammad", "Mehdi"),
            ("رضا", "غلام"),
            ("مهرداد", "مهران"),
            ("مهران", "مهری"),
            ("زهرا", "زهره"),
            ("محمد", "احمد"),
            ("Mohammed", "Ahmed"),
            ("محمود", "مدحت"),
            ("الناز", "الهام"),
            ("John", "Nathan"),
            ("John", "Ian"),
            ("Edward", "Edwin"),
            ("Rose", "Rosa"),
            ("Liz", "Betty"),
            ("Александр", "Александра"),
            ("Саша", "Шура"),
            ("Владислав", "Вячеслав"),
            ("Ксения", "Оксана"),
            ("Георгий", "Егор"),
            ("אליהו", "אליעזר"),
            ("רחל", "רוחמה"),
            ("Moshe", "Meir"),
        ] {
            assert!(!share(one, other), "{one} {other}");
        }
    }

    /// Whoever has one of two names in full is not called by the other.
    #[test]
    fn no_set_of_short_forms_holds_two_names_in_full() {
        let lines: Vec<(&str, &str)> = NAMES.lines().filter_map(|line| line.split_once(':')).collect();
        assert_eq!(lines.len(), NAMES.trim().lines().count(), "a line without a colon");
        let in_full = |name: &str| lines.iter().any(|(full, _)| full.split_whitespace().next() == Some(name));
        for (full, short) in &lines {
            assert!(full.split_whitespace().next().is_some(), "{short}");
            for set in short.split(',') {
                assert!(set.split_whitespace().next().is_some(), "{full}");
                let names = set.split_whitespace().filter(|name| in_full(name));
                assert!(names.count() <= 1, "{full}: {set}");
            }
        }
        assert!(INDEX.len() > 1_000);
    }
}
