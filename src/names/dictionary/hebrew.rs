//! Hebrew given and family names, in their Israeli and their international spellings.

pub(super) const NAMES: &str = "
david dovid daveed | דוד דויד Давид
moshe moses mosheh moishe moyshe mosha | משה מוישה Моше Моисей
avraham abraham avrohom avram abram avrahm | אברהם Авраам Абрам
yitzhak yitzchak itzhak isaac yitzhaq izhak yitshak itzchak izchak izak | יצחק איציק Ицхак Исаак
yaakov jacob yaacov yakov jakov yacov yaaqov jaakov | יעקב Яаков Иаков Яков
yosef joseph yossef josef yoseph iosef yosif | יוסף יוסי Йосеф Иосиф
shlomo solomon shelomo shlomoh | שלמה Шломо Соломон
binyamin benjamin benyamin binjamin benyomin | בנימין Биньямин Вениамин
eliyahu elijah eliahu eliyahou eliyohu | אליהו Элиягу Илья
daniel danyel daniyel daniil | דניאל Даниэль Даниил
michael mikhael mihael micha | מיכאל Михаэль
michal mihal mikhal | מיכל Михаль
rivka rebecca rivkah rifka rebekah rivqa | רבקה Ривка
rachel rahel raquel rachael rahil | רחל Рахель Рахиль
leah lea leia | לאה Лея Лия
sarah sara sarai | שרה Сара
esther ester estera hester | אסתר Эстер Эсфирь
miriam miryam mirjam myriam miriyam | מרים Мирьям
eva ava | אווה
hava chava hawa | חוה חווה
hannah hana chana hanna channah hanah | חנה Хана
haim chaim hayim haym chayim hayyim | חיים Хаим
tamar thamar tamara | תמר Тамар
noa noah noaa | נועה נעה
noah noach noakh | נח נוח Ной
noam | נועם נעם
orit | אורית
ori uri oori | אורי Ури
or | אור
adi ady | עדי
eyal ayal | אייל אײל
yael jael yaeli | יעל Яэль
yonatan jonathan yehonatan jonatan yonathan | יונתן יהונתן Йонатан
tomer | תומר
tal | טל
gal | גל
guy gai gay | גיא גאי
shai shay | שי
nir | ניר
natan nathan nosson | נתן Натан
neta netta | נטע
ronit | רונית Ронит
ron | רון
roni ronny | רוני
anat | ענת Анат
asaf assaf asaph assaph | אסף
itai itay ittai | איתי אתי
itamar ittamar | איתמר
shira | שירה
shir | שיר
malka malkah | מלכה
meir mayer meyer | מאיר Меир
yuval juval | יובל
hila hilla hilah | הילה
devorah dvora deborah devora dvorah debora | דבורה Двора
ariel arieli | אריאל Ариэль
arie aryeh arieh ariye | אריה Арье
ilana elana ilanah | אילנה
ilan elan | אילן Илан
amit | עמית
alon allon | אלון
aviv | אביב
avi | אבי
avital | אביטל
avner abner | אבנר
avigail abigail avigayil | אביגיל
ayelet ayellet | איילת אילת
amir | אמיר
amos | עמוס
amnon | אמנון
aharon aaron aron | אהרון אהרן Аарон
baruch barukh boruch | ברוך Барух
boaz | בועז
batya batia batyah | בתיה
bracha brakha | ברכה
dan | דן
dana dahna | דנה
dafna daphna dafne | דפנה
dorit | דורית
dov dob | דב דוב
eden | עדן
efrat ephrat | אפרת
efraim ephraim efrayim | אפרים Эфраим
ehud | אהוד
einat | עינת
eitan etan eytan ethan | איתן Эйтан
elad elad | אלעד
eli elie ely | אלי
elisheva elisheba elizabeth | אלישבע
emanuel immanuel emmanuel | עמנואל
eran | ערן
erez | ארז
eliezer eliezar | אליעזר
eleazar elazar | אלעזר
ezra | עזרא
gabriel gavriel gavri | גבריאל
galit | גלית
gilad | גלעד
gil | גיל
gila | גילה
gideon gidon gideon | גדעון
golda | גולדה
hadar | הדר
hadas hadass | הדס
hagit | חגית
hillel hilel | הלל
idan eidan | עידן
ido iddo | עידו עדו
inbal | ענבל
irit | אירית
israel yisrael yisroel | ישראל Исраэль
yishai ishai jesse | ישי
ishmael yishmael | ישמעאל
keren | קרן
liat | ליאת
lior leor | ליאור
liora leora | ליאורה
limor | לימור
liron | לירון
maayan mayan | מעיין מעין
maya maia | מאיה
maor | מאור
matan | מתן
menachem menahem menakhem | מנחם Менахем
menashe menasheh | מנשה
merav meirav | מירב מרב
mordechai mordecai mordehai mordekhai motti | מרדכי מוטי Мордехай
nadav | נדב
naomi noemi neomi nomi | נעמי
naor | נאור
naftali naphtali | נפתלי
nehemiah nechemia nehemia | נחמיה
nahum nachum nahoum | נחום Наум
nissim nisim | ניסים נסים
nili | נילי
nira | נירה
nurit | נורית
oded | עודד
ofer opher | עופר
ofra ophra | עופרה
ohad | אוהד
omer | עומר
omri | עמרי
oren | אורן
orly orli | אורלי
orna | אורנה
osnat | אסנת
oz | עוז
pnina penina pninah | פנינה
pinchas pinhas pinkhas | פנחס פינחס
rafael raphael refael rafi | רפאל רפי Рафаэль
reuven reuben ruben | ראובן Реувен
rina | רינה
riki rikki | ריקי
roi roy | רועי רואי
rotem | רותם
ruth rut routh | רות Рут
sagi | שגיא
samuel shmuel shemuel schmuel | שמואל Шмуэль Самуил
sivan | סיון סיוון
sigal | סיגל
sharon | שרון
shaul saul | שאול Шауль
shimon simon shimeon | שמעון Шимон
shimshon samson | שמשון
shalom shalum sholom | שלום
shaked | שקד
shani | שני
shachar shahar | שחר
shoshana shoshanna susana | שושנה
simcha simha | שמחה
stav | סתיו סתו
talia taliah talya | טליה
tova tovah | טובה
tzipora zipora tzippora zippora tsipora | ציפורה צפורה
tzvi zvi tsvi zwi | צבי Цви
uriel | אוריאל
uziel | עוזיאל
vered | ורד
yafa jaffa yaffa | יפה
yair jair | יאיר Яир
yaniv | יניב
yaron | ירון
yehuda judah yehudah yuda | יהודה Иегуда
yehudit judith yudit | יהודית
yehoshua joshua | יהושע
yigal igal yigael | יגאל יגאל Игаль
yona jonah | יונה
yoram joram | יורם
yoav joab | יואב
yoel joel | יואל
yocheved jochebed | יוכבד
zeev zev zeev | זאב זב
zehava zahava | זהבה
ziv | זיו
zion tzion sion | ציון
zehavit | זהבית
cohen kohen cohn kahn kogan kahan coen | כהן Коэн Коган Кохен
levi levy lewi halevi | לוי הלוי Леви
azoulay azulai azulay azoulai azulay azulaai | אזולאי אזולאיי אזולי Азулай
mizrahi mizrachi mizrakhi | מזרחי Мизрахи
peretz perez perets peres | פרץ Перец
biton bitton beaton bittan | ביטון
dahan dahaan | דהן
friedman fridman freedman | פרידמן Фридман
malka | מלכה
gabay gabbay gabai gabbai | גבאי גבאיי
katz kats cats | כץ Кац
rosenberg rozenberg rosenberg | רוזנברג Розенберг
goldberg | גולדברג Гольдберг
goldstein goldshtein goldstain | גולדשטיין גולדשטין Гольдштейн
greenberg grinberg gruenberg | גרינברג Гринберг
shapira shapiro spira shapirah | שפירא שפירה Шапиро
hadad haddad chadad | חדד
ohayon ohayoun ochayon | אוחיון
ohana ochana | אוחנה
amar ammar | עמר
hazan chazan hazzan | חזן
nahmias nachmias nahmiyas | נחמיאס
kaplan caplan | קפלן Каплан
schwartz shwartz shvarts schwarz shvartz | שוורץ שורץ Шварц
ashkenazi ashkenazy eshkenazi | אשכנזי Ашкенази
toledano toledanu | טולדנו
harari | הררי
stern shtern | שטרן Штерн
segal segall siegel | סגל Сегал
lavi lavie | לביא
yerushalmi jerusalmi | ירושלמי
weiss vais weis vays | וייס ויס Вайс
klein klain | קליין Кляйн Клейн
berger | ברגר Бергер
rubin rubinn | רובין Рубин
rosen rozen | רוזן Розен
rosenthal rozental | רוזנטל
wolf volf wolff | וולף וולפ Вольф
vaknin waknin waknine vaaknin | ועקנין וקנין
suissa swisa suisa | סויסה
elbaz albaz elbas | אלבז
edri edry | אדרי
abutbul aboutboul | אבוטבול
abergel abargil abergil | אברג׳ל אברגל
amsalem amselem | אמסלם
asulin assouline asoulin | אסולין
atias attias | אטיאס
avitan abitan | אביטן
azran | אזרן
barak baraq | ברק
baron | ברון
benayoun benayun | בניון
dayan | דיין דין
deri deray | דרעי
elkayam elkaim | אלקיים
eliav | אליאב
gross | גרוס
gutman guttman | גוטמן
halevi halevy | הלוי
horowitz horovitz hurwitz hurvitz | הורוביץ הורביץ Горовиц Гурвич
kadosh | קדוש
krauss kraus | קראוס
lerner | לרנר
levin levine lewin | לוין לוין Левин
maimon maymon | מימון
malul | מלול
margalit | מרגלית
matityahu | מתתיהו
mor | מור
moyal moial | מויאל
navon | נבון
ohev | אוהב
ovadia ovadiah obadiah | עובדיה
paz | פז
peled | פלד
reznik | רזניק
sabag sabbag | סבג
sasson sason | ששון
shalev | שלו
shamir | שמיר
sharabi | שרעבי
shitrit shetrit | שטרית שיטרית
shoshan | שושן
shani | שני
swissa | סוויסה
tzur zur | צור
vazana | וזאנה
yosefi | יוספי
zohar | זוהר
zaken | זקן
zamir | זמיר
hason hasson | חסון
haviv | חביב
lugasi lugassi | לוגסי
buskila bouskila | בוסקילה
gurion | גוריון
ami | עמי
nun | נון
ari | ארי
";
