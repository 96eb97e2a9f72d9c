//! Arabic given and family names; those that Persian shares are in the Persian table. Family names stand without their
//! article.

pub(super) const NAMES: &str = "
omar umar omer oumar | عمر עומר Омар Умар
khaled khalid khaleed khalad | خالد חאלד Халед Халид
abdullah abdulla abdallah abdollah abdalla abdoullah abdulah | عبدالله Абдулла Абдалла
abdulrahman abdelrahman abdurrahman abdalrahman abdolrahman abdulrahmaan abderrahman abdurahman abdrahman | عبدالرحمن عبدالرحمان Абдурахман Абдуррахман
abdulaziz abdelaziz abdalaziz abdolaziz abdulazeez | عبدالعزيز Абдулазиз
abdulkarim abdelkarim abdulkareem abdelkareem abdolkarim | عبدالكريم
abdulhamid abdelhamid abdulhameed abdolhamid | عبدالحميد
abdulqadir abdelkader abdulkadir abdulqader abdolghader | عبدالقادر
abdulmajid abdelmajid abdulmajeed abdelmeguid | عبدالمجيد
abdulsalam abdelsalam abdussalam abdessalam | عبدالسلام
abdulwahab abdelwahab abdulwahhab | عبدالوهاب
abdulrahim abdelrahim abdulraheem | عبدالرحيم
abdulmalik abdelmalek abdulmalek | عبدالملك
abdulmohsen abdelmohsen abdulmuhsin | عبدالمحسن
abdulhadi abdelhadi | عبدالهادي
abdullatif abdellatif abdulatif abdollatif | عبداللطيف
abdulnasser abdelnasser abdulnaser | عبدالناصر
abdulsamad abdelsamad abdussamad | عبدالصمد
abdulbaset abdelbaset abdulbasit | عبدالباسط
abdulfattah abdelfattah | عبدالفتاح
walid waleed oualid waleid | وليد ואליד Валид
tarek tariq tareq tarik tareeq tarig | طارق טארק Тарик
faisal faysal feisal faycal faysel feysal fisal | فيصل Фейсал
fahad fahd fahed | فهد
saud saoud soud | سعود Сауд
salman selman salmaan | سلمان Салман
salem salim salam | سالم Салем
salim saleem selim | سليم Салим
sultan soltan sultaan | سلطان Султан
nabil nabeel nabile | نبيل Набиль
sami samy samee | سامي Сами
rami ramy ramee | رامي
ramez ramiz | رامز
ramzi ramzy | رمزي
majed majid maged madjed | ماجد
mazen mazin | مازن
marwan merwan marouane | مروان Марван
mubarak mobarak moubarak mubaarak mabrouk | مبارك Мубарак
adel adil adell | عادل Адиль
anas anass | أنس Анас
ayman aiman aymen eyman aymaan | أيمن Айман
bader badr badar bedr | بدر
basem basim bassem basem | باسم
basel basil bassel | باسل
bilal belal bilel | بلال Биляль
emad imad emaad imaad | عماد Имад
essam esam isam issam esaam | عصام
fadi fady | فادي
fares faris fariss | فارس Фарис
fawzi fawzy fauzi fouzi faouzi | فوزي
fawaz fawwaz | فواز
ghassan gassan | غسان
hani hany | هاني
hatem hatim | حاتم
hazem hazim | حازم
haitham haytham hitham | هيثم
hisham hesham hicham hishaam | هشام Хишам
hamad hamed hmad | حمد
hamza hamzah hamzeh | حمزة حمزه Хамза
hamdan hemdan | حمدان
humaid humayd hameed | حميد
ismat esmat | عصمت
jaber jabir gaber jabr | جابر
jamal gamal jamaal djamal | جمال Джамаль
jamil gamil jameel | جميل
jamila gamila jameela jamilah djamila | جميلة Джамиля
jassim jasem jasim qasim | جاسم
kamal kamaal kemal | كمال Камаль
khalifa khalifah khaleefa | خليفة
khalil khaleel | خليل Халиль
luay loay louay | لؤي
maher mahir | ماهر
mahfouz mahfooz mahfuz mahfoudh | محفوظ
moaz muath moaaz muadh moath | معاذ
muhannad mohanad mohannad | مهند
munir mounir muneer moneer | منير
nasser naser nasir | ناصر
nasr nasser | نصر
nawaf nawwaf | نواف
nayef naif nayif | نايف
nizar nezar | نزار
osama usama oussama ousama osamah usamah | أسامة أسامه Усама
othman osman uthman osmaan othmane usman ossman | عثمان Осман Усман
qasim qasem kasim kassem gasim | قاسم
rashed rashid rached rashyd | راشد
raed raid raad | رائد
ramadan ramazan ramadhan ramzan | رمضان Рамадан Рамазан
riyad riyadh riad reyad riyaz | رياض
saad sad saed | سعد
sabri sabry | صبري
saif seif sayf saef | سيف Саиф
salah saleh salaah | صلاح
samer samir | سامر
samir sameer | سمير Самир
shadi shady chadi | شادي
shaker shakir | شاكر
sharif sherif shareef cherif sheriff | شريف
suhail sohail suhayl | سهيل
talal talaal | طلال
talha talhah | طلحة
tamer tamir thamer | تامر
thamer samer tamer | ثامر
turki turky torki | تركي
wael wail ouael | وائل
yahya yahia yehia yehya yahiya | يحيى يحيي Яхья
yasin yaseen yassin yassine | ياسين Ясин
younis younes yunus yunis younus | يونس Юнус
zakaria zakariya zakariyya zakarya zakariyah | زكريا
zaki zaky zakee | زكي
zayed zaid zayid | زايد
zaid zayd zeid zayed | زيد
ziad ziyad zeyad ziyaad | زياد Зияд
moataz mutaz moutaz | معتز
moamen mumin momen | مؤمن
karam | كرم
akram ekram | أكرم Акрам
ashraf achraf | أشرف
amjad | أمجد
anwar anouar anvar | أنور Анвар
asem asim assem | عاصم
ashour ashoor | عاشور
atef atif | عاطف
awad awwad | عوض
ezzat izzat | عزت
fathi fathy | فتحي
gaber | جبر
hilal helal | هلال
ihab ehab | إيهاب
magdy majdi magdi | مجدي
mamdouh mamduh | ممدوح
medhat midhat | مدحت
mido | ميدو
mina | مينا
nour noor nur nora | نور
noura nora norah nourah noorah nura | نورة نوره نورا
noureldin nooreldin nouraldin nuraldin nureddin noureddine nouruddin | نورالدين
saladin salaheddin salahuddin salahaldin salaheldin | صلاح‌الدين
alaa ala alaaeldin | علاء
bahaa baha | بهاء
diaa dia zia ziya diya | ضياء
hussam hosam husam houssam hossam | حسام
mumtaz momtaz | ممتاز
rauf raouf raoof | رؤوف رءوف
amal aamal amaal | أمل آمال
amina aminah amena ameena | أمينة أمينه Амина
amani amany | أماني
abir abeer aabir | عبير
afaf | عفاف
ahlam | أحلام
alia aliya aaliyah alya | علياء عالية
arwa arwah | أروى
asma asmaa esma | أسماء Асма
aya ayah | آية آيه
badria badriya | بدرية
basma basmah | بسمة
bushra boshra bouchra | بشرى
dalal | دلال
dalia daliya | داليا
dana | دانة دانا
dina deena dena | دينا Дина
doaa dua duaa | دعاء
eman iman | إيمان
farah | فرح Фарах
ghada ghadah gada | غادة غاده
hala halah hela | هالة هاله
hanan hanaan | حنان
hanin haneen | حنين
hayat hayaat | حياة
heba hiba hibah | هبة هبه
hend hind | هند
hessa hissa | حصة
huda hoda houda | هدى هدي
ibtisam ebtesam | ابتسام
inas enas | إيناس
israa esraa | إسراء
jana janna jannah | جنى جنا جنة
jawaher jawahir | جواهر
karima kareema | كريمة
khawla khaula | خولة
lamia lamya lamiaa | لمياء لميا
latifa lateefa latifah | لطيفة لطيفه Латифа
layan | ليان
lina leena | لينا
lubna lobna | لبنى
maha mahaa | مها
mai may mayy | مي
malak malek melak | ملاك ملك
manal manaal | منال
mona muna mouna | منى منا
moza mouza mozah mowza | موزة موزه
muneera mounira munira | منيرة
nada nadaa | ندى
nadia nadya nadiya | نادية ناديا
nagwa najwa nejwa | نجوى
najla najlaa nagla naglaa | نجلاء نجلا
nahla nahlah | نهلة
nawal naoual | نوال
nesma nasma | نسمة
nisreen nesreen nasrin | نسرين
nouf nof | نوف
rabab | رباب
rabia rabiah | رابعة
raghad | رغد
rahaf | رهف
rahma rahmah | رحمة
rana ranaa rena | رنا
rania ranya raniya | رانيا
rasha | رشا
rawan | روان
reem rim ream | ريم Рим
rima reema | ريما
ruba roba | ربى
sabah | صباح
safa safaa | صفاء
sahar sehar | سحر Сахар
salma selma salmah | سلمى سلما Сальма
samah | سماح
samira sameera samirah | سميرة سميره
sana sanaa | سناء
sawsan susan sausan | سوسن
shaikha sheikha shaykha | شيخة شيخه
shaimaa shayma shima | شيماء
suad souad soad suaad | سعاد
suha soha | سهى
umm | أم
george jorge girgis georges | جورج جرجس
michel mishel michael | ميشيل ميشال مايكل
joseph jozef yousef | جوزيف جوزف
elias ilyas | إلياس
tony toni | طوني توني
john | جون حنا
boutros butros | بطرس
maroun maron | مارون
marie mary | ماري
christine kristin | كريستين
therese teresa | تريز تيريزا
rita | ريتا
sandra | ساندرا
carla | كارلا
elie eli | إيلي
charbel sharbel | شربل
fadia fadiya | فادية
abdo abdou abduh | عبده
abdulbari abdelbari | عبدالباري
abdulrazzaq abdelrazek abdulrazak | عبدالرزاق
abdulhakim abdelhakim | عبدالحكيم
abdulrauf abdelraouf | عبدالرؤوف
abdulghani abdelghani | عبدالغني
abdulhaq abdelhak abdulhaqq | عبدالحق
abdulwahid abdelwahed | عبدالواحد
abdeljalil abduljalil | عبدالجليل
abdelmoneim abdulmunim abdelmonem | عبدالمنعم
abubakr abubakar aboubakr | أبوبكر
hakim hakeem | حكيم
ghazi gazi | غازي
ghaith gaith | غيث
ghalib ghaleb galeb | غالب
habib habeeb | حبيب
harith hareth | حارث
idris edris driss | إدريس
ishaq ishak | إسحاق
jad gad | جاد
jawad jawaad | جواد
kadhim kazem | كاظم
kareema | كريمه
khadr khidr khader | خضر
lutfi lotfi lotfy | لطفي
loujain lujain | لجين
mishal meshal mishaal | مشعل
misfer mesfer | مسفر
mohsen muhsin | محسن
mukhtar mokhtar | مختار
mutlaq motlaq | مطلق
naseem nasim | نسيم
nidal nedal | نضال
nouri nuri | نوري
obaid ubaid obeid | عبيد
qais qays kais | قيس
rabie rabee rabih | ربيع
rafiq rafik | رفيق
rajab ragab | رجب
rayan rayyan | ريان
saddam | صدام
safwan | صفوان
saqr sakr | صقر
shafiq shafik | شفيق
shahid shaheed | شهيد
shukri shoukry shokri | شكري
sufyan sofian soufiane | سفيان
taha | طه
tawfiq tawfik toufic taoufik | توفيق
thabet thabit sabet | ثابت
uday oday odai | عدي
wajih wagih | وجيه
wissam wisam | وسام
yaqub yacoub | يعقوب
yasir yasser | ياسر
zuhair zuhayr zouheir | زهير
sumaya somaya | سميه
ruqaya ruqayyah | رقيه رقية
hafsa hafsah | حفصة
halima haleema | حليمة
hamda | حمدة
ibtihal | ابتهال
jumana joumana | جمانة
kawthar kaouthar kawsar | كوثر
khadra | خضرة
manar | منار
mariana | مريانا
mays mais | ميس
mayada mayyada | ميادة
nahed nahid | ناهد
najat nagat | نجاة
nihad nehad | نهاد
nuha noha | نهى
ola oula | علا
rabiaa | ربيعة
rawda | روضة
rawya rawia | راوية
samar | سمر
shahd shahad | شهد
shadia shadiya | شادية
siham seham | سهام
taghreed taghrid | تغريد
tahani tahany | تهاني
wijdan | وجدان
yusra yosra | يسرى
zahia | زاهية
zubaida zubayda | زبيدة
basri basry | بصري
dimashqi | دمشقي
filistini | فلسطيني
hijazi hegazy higazi | حجازي
jazairi jazaeri | جزائري
kuwaiti | كويتي
lubnani | لبناني
maghribi maghrabi maghraby | مغربي
makki mekki | مكي
madani | مدني
najdi | نجدي
sudani | سوداني
suri souri | سوري
trabelsi tarabulsi trabulsi | طرابلسي
tunisi tounsi tounisi | تونسي
qurashi qureshi koreishi | قرشي
ubaidi obaidi | عبيدي
jubouri jabouri jubouri juburi | جبوري
dulaimi dulaymi | دليمي
saadoun sadoun | سعدون
tikriti | تكريتي
bayati | بياتي
rubaie rubai | ربيعي
zubaidi zobaidi | زبيدي
janabi | جنابي
azzawi | عزاوي
samarrai | سامرائي
omairi | عميري
shaikh sheikh shaykh | شيخ
wafa wafaa | وفاء وفا
warda | وردة
widad wedad | وداد
yara | يارا
yasmin yasmine yasmeen jasmine yasmina | ياسمين
zaina zeina zayna | زينة
sayed sayyid saied elsayed sayyed said | سيد السيد
masri masry misri elmasry | مصري
ghamdi ghamidi | غامدي
harbi harby | حربي
qahtani kahtani qahtany gahtani | قحطاني
otaibi utaibi oteibi otaiby utaybi otaybi | عتيبي
shehri shahri shihri | شهري
shammari shamari shamary shummari | شمري
zahrani zahrany | زهراني
mutairi mutayri motairi mutairy | مطيري
dosari dossari dosary dawsari dawsary | دوسري
anazi anzi enezi anezi enazi | عنزي
najjar nagar najar naggar | نجار
haddad hadad | حداد
ansari ansary | أنصاري
husseini hussaini husayni hosseini husaini | حسيني
hashimi hashemi hashmi | هاشمي
tamimi tamimy | تميمي
sabbagh sabagh | صباغ
balushi baloushi bloushi balouchi | بلوشي
nuaimi naimi nuaymi noaimi | نعيمي
shafei shafie shafi shafii | شافعي
mansouri mansoori mansuri | منصوري
shehata shahata shihata | شحاتة شحاته
suwaidi suwaydi sowaidi sweidi | سويدي
qasimi qasemi kasimi gasimi | قاسمي
baghdadi bagdadi | بغدادي
farsi farisi | فارسي
omari umari amri | عمري
jabri jaberi jabiri gabri | جابري
mazrouei mazroui mazrui mazrouie | مزروعي
shamsi shamisi shamesi | شامسي
khalidi khaldi khaledi | خالدي
maliki malki maleki | مالكي
khatib khateeb khatiib | خطيب
kaabi kabi kaaby | كعبي
rashed rashid | راشد
rashidi rasheedi | رشيدي
sulaiti | سليطي
thani sani | ثاني
maktoum maktum | مكتوم
nahyan nahayan | نهيان
mahri mehri muhairi | مهيري
marri merri murri | مري
hajri hajeri hagri | هاجري
ajmi ajami | عجمي
azmi azmy | عزمي
dhaheri zaheri dhahiri | ظاهري
ketbi kitbi | كتبي
kindi kendi | كندي
zaabi zabi | زعابي
rumaithi romaithi | رميثي
habsi hebsi | حبسي
harthi harithi | حارثي
hinai hinaai | هنائي
subaie subaei sebaie | سبيعي
yami yamy | يامي
juhani johani | جهني
balawi balwi | بلوي
ruwaili rwaili | رويلي
sharqawi sharkawi sharkawy | شرقاوي
shazly shazli | شاذلي
shenawy shinawi | شناوي
gohary gohari jawhari | جوهري
fayed fayad fayyad | فايد فياض
ghazali ghazaly | غزالي
halabi halaby | حلبي
hariri | حريري
hawari howari | هواري
iraqi iraki | عراقي
jundi gendy gindi | جندي
khoury khouri khuri | خوري
masoudi masudi | مسعودي
nasiri nasseri naseri | ناصري
qadi kadi qadhi kadhi | قاضي
qaddafi gaddafi kadhafi | قذافي
rifai refaei | رفاعي
saadi sadi | سعدي
saidi saeedi | سعيدي
sharif shareef | شريف
tahan tahhan | طحان
tantawi tantawy | طنطاوي
yamani yemeni | يماني
zoubi zubi zoabi | زعبي
";
