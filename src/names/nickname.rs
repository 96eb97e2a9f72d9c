//! Given names that stand for each other.
//!
//! A line is one group: everybody in it may be called by another name of the line. A name can be in several groups
//! (`Sasha` is Alexander and Alexandra).

use std::sync::LazyLock;

use crate::text::fold;

const GROUPS: &str = "
robert rob bob bobby robbie bert rupert
william will bill billy willie willy liam wm
elizabeth liz lizzie beth betty betsy eliza elsie lisa libby lilibet elisabeth bess bessie lizzy
margaret maggie meg peggy marge margie margo daisy greta rita madge margot
katherine catherine kate katie kathy cathy kathryn kitty kat kit kathleen katharine cath katy kay
james jim jimmy jamie jem
john jack johnny jon jonny johnnie ian sean
jonathan jon jonny john nathan jonathon
richard rick dick ricky richie rich
edward ed eddie ted teddy ned eduard
edmund ed eddie ted ned
edwin ed eddie
theodore ted teddy theo
thomas tom tommy thom
michael mike mick mickey micky mikey mitch
christopher chris kit topher kris
christine chris christina tina chrissie kristin kristina christy
daniel dan danny
david dave davy davey
joseph joe joey jo
josephine jo josie joey
samuel sam sammy
samantha sam sammie
alexander alex al sandy xander lex alec alistair alasdair
alexandra alex sandra lexi alexa sandy alix
anthony tony ant antony
andrew andy drew
benjamin ben benny benji
charles charlie chuck chas chaz
charlotte charlie lottie lotte
frederick fred freddie freddy fritz
francis frank frankie fran
frances fran frannie fanny
george georgie geo
gerald gerry jerry
gregory greg gregg
harold harry hal
henry harry hank hal
jacob jake jack
jacqueline jackie jacqui
jeffrey jeff geoff geoffrey
jennifer jenny jen jenn
jessica jess jessie
kenneth ken kenny
kevin kev
lawrence larry laurence lars
leonard leo len lenny
matthew matt matty
nicholas nick nicky nic nico
nicola nicky nikki nic
patrick pat paddy rick
patricia pat patty tricia trish patsy
peter pete
philip phil pip phillip
raymond ray
rebecca becky becca bex
ronald ron ronnie
stephen steve steven stevie
stephanie steph stevie
susan sue susie suzy suzanne susanna
timothy tim timmy
victoria vicky vicki tori vic
victor vic
vincent vince vinny
walter walt wally
zachary zach zack zak
abigail abby gail
amanda mandy
angela angie
ann anna anne annie nan nancy
barbara barb babs barbie
caroline carol carrie caro carolyn lina
cynthia cindy
deborah deb debbie debra
dorothy dot dottie dolly
eleanor ellie nell nellie nora ellen
emily em emma millie
evelyn eve evie
florence flo florrie
gabrielle gabby
gillian gill jill
helen nell nellie lena ellen
isabella bella isabel izzy belle isobel
joanna jo joanne
judith judy jude
julia julie jules
kimberly kim
laura laurie
linda lindy
louise lou lulu
lucy lucille lu
martha marty patty
mary molly polly mamie may marie maria
matilda tilly tilda mattie
melissa mel missy lissa
melanie mel
millicent millie
natalie nat
olivia liv livvy ollie
oliver ollie
pamela pam
penelope penny
rachel rach rae
sarah sally sadie
sandra sandy
sylvia sylvie
tabitha tabby
teresa terry tess tessa theresa
valerie val
virginia ginny
winifred winnie freda
albert al bert bertie
alfred alf fred alfie al
arthur art artie
arnold arnie
bartholomew bart
bernard bernie
bradley brad
cameron cam
clifford cliff
donald don donny
douglas doug
duncan dunc
ernest ernie
eugene gene
gilbert gil bert
herbert herb bert bertie
hugh hughie hugo
isaac ike zac
joshua josh
louis lou louie lewis
martin marty
maurice mo morris
maxwell max
maximilian max
nathaniel nate nat nathan
norman norm
oscar ozzie
randolph randy
reginald reg reggie
roderick rod roddy
rodney rod
rosemary rose rosie
rose rosie rosa
russell russ
sebastian seb bas
sidney sid
stanley stan
stuart stu stewart
terence terry terrance
tobias toby
александр саша шура саня сашка алекс шурик санек aleksandr alexander sasha sanya shura alex
александра саша шура саня сашенька aleksandra alexandra sasha sanya shura
алексей леша алеша лёха алекс aleksei alexey alyosha alesha lesha lyosha alex
анастасия настя ася стася anastasia anastasiia nastya nastia asya stasya
анатолий толя толик anatolii anatoly tolya tolia
андрей андрюша дрон andrei andrey andryusha
анна аня анюта нюра нюша анечка anna anya ania anyuta
антон антоша тоша anton antosha
антонина тоня antonina tonya
аркадий аркаша arkadii arkady arkasha
артем тема артемий artem artyom tyoma tema
борис боря boris borya
вадим вадик vadim vadik
валентин валя valentin valya
валентина валя valentina valya valia
валерий валера valerii valery valera
валерия лера valeriia valeria lera
варвара варя varvara varya
василий вася василёк vasilii vasily vasya vasia
вера верочка veruna vera
вероника ника veronika nika
виктор витя viktor victor vitya vitia
виктория вика viktoriia victoria vika
виталий виталик vitalii vitaly vitalik
владимир вова володя вовочка влад vladimir vova volodya vlad
владислав влад слава владик vladislav vlad slava
вячеслав слава viacheslav vyacheslav slava
галина галя galina galya galia
геннадий гена gennadii gennady gena
георгий гоша жора гога георг georgii georgy gosha zhora egor
григорий гриша grigorii grigory grisha
дарья даша дашенька daria darya dasha
даниил данила даня данил daniil danila danya danil
денис дениска ден denis den
дмитрий дима митя димон dmitrii dmitry dima mitya
евгений женя женька evgenii evgeny yevgeny zhenya eugene zhenia
евгения женя evgeniia evgenia yevgenia zhenya zhenia
егор егорка гоша egor yegor gosha
екатерина катя катерина катюша катенька ekaterina katya katia katerina katyusha kate catherine
елена лена алена леночка ленка elena lena alyona alena yelena helen
елизавета лиза лизонька elizaveta liza lisa elizabeth
зинаида зина zinaida zina
иван ваня ванечка ivan vanya vania
игорь игорек гоша igor gosha
илья илюша ilia ilya ilyusha
ирина ира ириша irina ira irisha
кирилл кира kirill kirill kir
константин костя konstantin kostya kostia
кристина кристи kristina kris
ксения ксюша оксана ksenia kseniia xenia ksyusha
лариса лара larisa lara
лев лева lev lyova leva leo
леонид леня leonid lenya lyonya
лидия лида lidia lidiia lida
любовь люба liubov lyubov lyuba liuba
людмила люда мила люся liudmila lyudmila ludmila lyuda luda mila
максим макс maksim maxim max
маргарита рита марго margarita rita margo
марина мариша marina marisha
мария маша маруся маня машенька мариша maria mariia mariya masha marusya
матвей мотя matvei matvey motya
михаил миша мишка mikhail michael misha
надежда надя nadezhda nadya nadia
наталья наташа ната наталия natalia natalya natasha nata
никита ник nikita nick
николай коля nikolai nikolay kolya kolia nick
оксана ксюша oksana ksyusha
олег олежка oleg olezhka
ольга оля оленька olga olya olia
павел паша pavel pasha paul
петр петя petr peter pyotr petya petia
полина поля полинка polina polya
раиса рая raisa raya
роман рома roman roma
светлана света svetlana sveta lana
семен сема semen semyon syoma
сергей сережа серый серега sergei sergey seryozha serezha
софья соня софия sofia sofya sonya sonia sophia
станислав стас слава stanislav stas slava
степан степа stepan styopa stepa
таисия тая таисья taisia taya
тамара тома tamara toma
татьяна таня танюша tatiana tatyana tanya tania
тимофей тима тимоша timofei timofey tima
федор федя fedor fyodor fedya
эдуард эдик eduard edik
юлия юля iuliia julia yulia yulya julie
юрий юра iurii yuri yury yura
яков яша iakov yakov yasha
ярослав слава ярик iaroslav yaroslav slava yarik
яна яночка iana yana
יצחק איציק איצי yitzhak yitzchak itzhak itzik itsik isaac tzahi
יוסף יוסי סיפי yosef yossi yosi joseph
יעקב קובי יענקלה yaakov kobi koby yankel jacob
משה מוישה מושיק מוש moshe moishe moshik mosh moses
אברהם אבי אברום avraham avi abraham avrum
שלמה שלומי מומו shlomo shlomi solomon
חיים חיימקה haim chaim haimke
בנימין בני ביבי binyamin benny beni bibi benjamin
אליהו אלי eliyahu eli elijah
אליעזר לייזר אלי eliezer eli leizer
דוד דודי דודו david dudi dudu
דניאל דני daniel dani danny
מיכאל מיקי מייק michael miki mike
מרדכי מוטי מורדי mordechai moti motti
מנחם מני menachem meni mendel
מאיר מאירקה meir meirke
שמואל שמוליק סמי shmuel shmulik samuel
שמעון שימי shimon shimi simon
רפאל רפי rafael rafi raphael
גבריאל גבי gavriel gabi gabriel
נתן נתי natan nati nathan
יהודה יודה יודי yehuda yudi judah
יהונתן יונתן יוני yehonatan yonatan yoni jonathan
אהרון ארון aharon ahrele aaron
עמנואל מנו emanuel mano
צבי צביקה הירש zvi tzvika tzvi zvika
זאב וולף zeev wolf zevik
רבקה ריקי רבי rivka riki rivki rebecca becky
רחל רחלי רוחמה rachel racheli heli
מרים מירי מימי miriam miri mimi
שרה שרית שרי שרהלה sarah sarit sari sara
אסתר אסתי אתי ester esther esti eti
חנה חני אנה hana chana hani hannah hanna
דבורה דבי דבורי devora devorah debbie dvora deborah
לאה לאלי leah lali lea
אברהם ברהום avraham brahum
שושנה שוש רוזי shoshana shosh rosa
יהודית דיתה יודית yehudit dita judith judy
אביגיל גילי avigail gili abigail
אלישבע שבע elisheva sheva
ציפורה ציפי tzipora tzipi zipi
تهمینه مینا tahmineh mina
فاطمه فاطی فاطیما فاطمة فطوم fatemeh fati fatima fatoum
محمد ممد مملی مودی mohammad mohamad mamad mo moody
محمدرضا ممدرضا mohammadreza mamadreza
علیرضا علی alireza ali
امیرحسین امیر حسین amirhossein amir hossein
امیرعلی امیر amirali amir
امیرمحمد امیر amirmohammad amir
محمدمهدی مهدی محمد mohammadmehdi mehdi
حمیدرضا حمید hamidreza hamid
غلامرضا رضا غلام gholamreza reza
غلامحسین حسین gholamhossein hossein
ابوالفضل ابی abolfazl abol
مریم مری مرمر maryam mary mari
زهرا زری زهره zahra zari zohreh
نیلوفر نیلو نیلی niloufar nilou nili
نازنین نازی نازن nazanin nazi
نرگس نرگسی narges nargol
الناز الی elnaz eli
الهام الی elham eli
الهه الی elaheh eli
مهرداد مهری مهران mehrdad mehr
داریوش داری dariush darioush dari
کوروش کوری kourosh kori
فریدون فری fereydoun feri
فرزانه فری farzaneh feri
فریبا فری fariba feri
پریسا پری parisa pari
پروانه پری parvaneh pari
شهرزاد شهره شری shahrzad shahri
سمیه سمی somayeh somi
معصومه معصی مسی masoumeh masi
ابراهیم ابی ابرام ebrahim ebi ibrahim
عبدالله عبودی عبود abdullah aboud abboud abdo
عبدالرحمن عبودی دحومی abdulrahman aboud dahoomi abdo
محمود حوده mahmoud hamada hoda
محمد حماده حمودي مدحت mohammed hamada hamoudi hammoudi
احمد حماده حمودي ahmed hamada hammoudi
يوسف جو yousef joe
مصطفى صطوف درش mustafa darsh
خديجة خدوج khadija khadouj
عائشة عيوش aisha ayosh
زينب زنوبة زوزو zeinab zouzou zainab
إبراهيم برهوم ibrahim barhoum hima
";

static INDEX: LazyLock<Vec<(Box<str>, u16)>> = LazyLock::new(|| {
    let mut index = Vec::new();
    for (id, line) in (0..).zip(GROUPS.lines()) {
        index.extend(line.split_whitespace().map(|name| (fold(name).into(), id)));
    }
    index.sort_unstable();
    index.dedup();
    index
});

/// The groups of a word and of its most usual Latin spellings, ascending.
pub(super) fn groups(folded: &str, latin: &[Box<str>]) -> Vec<u16> {
    let mut groups = Vec::new();
    for form in std::iter::once(folded).chain(latin.iter().take(2).map(AsRef::as_ref)) {
        let start = INDEX.partition_point(|(known, _)| known.as_ref() < form);
        let entries = INDEX.get(start..).unwrap_or_default().iter();
        groups.extend(entries.take_while(|(known, _)| known.as_ref() == form).map(|(_, id)| *id));
    }
    groups.sort_unstable();
    groups.dedup();
    groups
}

#[cfg(test)]
mod tests {
    use super::groups;

    #[test]
    fn names_that_stand_for_each_other_share_a_group() {
        for (one, other) in [
            ("bob", "robert"),
            ("betty", "liz"),
            ("саша", "александр"),
            ("саша", "alexandra"),
            ("איציק", "yitzchak"),
            ("лена", "elena"),
        ] {
            let (one, other) = (groups(one, &[]), groups(other, &[]));
            assert!(one.iter().any(|group| other.contains(group)), "{one:?} {other:?}");
        }
        assert!(groups("nobody", &[]).is_empty());
    }
}
