//! Persian given names, names of Arabic origin in their Persian and Arabic spellings, family names and origins.

pub(super) const NAMES: &str = "
mohammad mohammed muhammad mohamed mohamad muhammed mahomed mohamet muhamad mohd | محمد מוחמד Мухаммад Мухаммед Мохаммад Магомед
hossein hosein hussein hosseyn husain husayn hussain husein hossain hossien hussien huseyn houssein husien | حسین חוסיין Хусейн Хоссейн Гусейн
hasan hassan hasen hassen hassaan | حسن חסן Хасан Гасан
ali aly alli | علی עלי Али
reza rida reda ridha riza redha rza | رضا רזא Реза Риза
fatemeh fatima fatimah fateme fatma fatemah fatimeh fatema faatima faatemeh fatme | فاطمه فاطمة פאטמה פטמה Фатима Фатеме
zahra zahraa zehra zahrah zara | زهرا زهراء Захра
maryam mariam miriam meriem meryem mariyam maryem mariem marjam miryam myriam maream | مریم מרים מרימ Марьям Мариам
zeinab zainab zeynab zaynab zaineb zeineb zeynep zineb zenab zainub | زینب زينب Зейнаб Зайнаб
mehdi mahdi mahdee mehdy mehedi | مهدی Мехди Махди
mahmoud mahmood mahmud mahmoad mehmood mahmout | محمود מחמוד Махмуд
ahmad ahmed ahmet ahmd ahmaad | احمد אחמד Ахмад Ахмед
hamid hameed hamed hamide | حمید Хамид
hamed hamid | حامد Хамед
saeed said saeid saied sayeed saaid saeyd | سعید סעיד Саид Саид
masoud masood masud massoud | مسعود Масуд
javad jawad javaad gawad jvad | جواد Джавад
majid majeed madjid majied | مجید Маджид
mohsen mohsin muhsin mohcen muhsen | محسن Мохсен
morteza murtaza morteda murtada mortaza morteza | مرتضی Мортеза
mostafa mustafa moustafa mostapha mustapha mustafaa mustaf | مصطفی مصطفا מוסטפא Мустафа
abbas abas abbass | عباس עבאס Аббас
ebrahim ibrahim ibraheem ebraheem ibrahem brahim abraham | ابراهیم איברהים Ибрагим
esmail ismail esmaeil ismaeel esmaeel ismael esmaiel esmaeel ismayil | اسماعیل اسمعیل Исмаил
yousef yusuf yousuf youssef yusef yosef yoosef youcef yousif yosif youssouf | یوسف Юсуф
yaghoub yaqoub yaqub yaghob yakub yaqoob yaaqub yacoub yakoub | یعقوب Якуб
mousa musa moosa moussa | موسی Муса
eisa isa issa eesa | عیسی Иса
davoud dawood davood daoud dawud daud davud | داوود داود Давуд
soleiman suleiman sulaiman soliman solayman sulayman suleyman solaiman soleyman | سلیمان סולימאן Сулейман
khadijeh khadija khadijah khadije khadeeja hadija khadeja | خدیجه خدیجة Хадиджа
aisha ayesha aysha aicha aishah aesha ayisha ayshe | عایشه عائشة عایشة Аиша Айша
sara sarah saara saarah | سارا ساره سارة Сара
leila layla laila leyla lyla leyli leylaa lila | لیلا لیلی ليلى Лейла Лайла
narges nargess nargis nargues narjes | نرگس نرجس Наргис Наргес
nasrin nasreen nesrin nasrine nesreen | نسرین Насрин
masoumeh masoume masumeh masuma maasoumeh masoomeh masoumah | معصومه Масуме
sedigheh sediqeh sedighe sadigheh seddigheh siddiqa sediqe | صدیقه
somayeh somaye sumaya soumaya sumayyah somayyeh somaia somaiyeh | سمیه سمية Сумайя
tahereh tahere tahira tahirah taherah | طاهره Тахира
marzieh marziyeh marzie marziye marziah marzia | مرضیه
razieh raziyeh razie razia radia | راضیه
roghayeh roqayeh ruqayya roghaye ruqayyah rokaya roghayyeh rogaye | رقیه
hanieh haniyeh hania hanie haniye | هانیه
faezeh faeze faiza fayzeh | فائزه فایزه
elham ilham elhaam | الهام Эльхам
elnaz elnaaz | الناز Эльназ
elaheh elahe elahah | الهه
mahnaz mahnaaz | مهناز Махназ
mahsa mahsaa | مهسا Махса
mahtab mahtaab | مهتاب
mahin maheen | مهین
mina meena | مینا Мина
mitra meetra | میترا Митра
minoo minu minou | مینو
mojgan mozhgan mojdeh mojghan mujgan | مژگان
mozhdeh mojdeh mozhde | مژده
zhaleh jaleh zhale jale | ژاله Жале
zhila jila | ژیلا
niloufar niloofar nilufar nilofar niloufer nilufer | نیلوفر Нилуфар
nazanin nazaneen | نازنین Назанин
nazila nazila | نازیلا
negar nigar neegar | نگار Нигар
negin nigin nagin | نگین
neda nida | ندا
nahid naheed | ناهید Нахид
narmin narmeen | نرمین
bahareh bahare | بهاره
bahar | بهار Бахар
parisa parysa pareesa | پریسا Париса
parvaneh parvane parvana | پروانه
parvin parveen parwin | پروین Парвин
pegah pegaah | پگاه
pouya puya pooya | پویا
parsa paarsa | پارسا Парса
pedram pedraam | پدرام
payam payaam | پیام
peyvand peivand payvand | پیوند
peyman payman peiman paiman | پیمان
parham parhaam | پرهام
parviz parwiz pervez parveez | پرویز Парвиз
bahram bahraam behram | بهرام Бахрам
behnam behnaam | بهنام
behnaz behnaaz | بهناز
behrouz behrooz behruz | بهروز
behzad behzaad | بهزاد Бехзад
babak baabak | بابک Бабак
bijan bizhan beejan | بیژن
borna | برنا
amir ameer emir amyr | امیر أمير Амир Эмир
amin ameen | امین أمين Амин
arash aarash | آرش Араш
aria arya ariya | آریا
arian aryan ariyan | آرین
arman armaan | آرمان Арман
armin armeen | آرمین
arezoo arezou arezu | آرزو
azadeh azade | آزاده
azam azzam aazam | اعظم
azar aazar | آذر
azita | آزیتا
ashkan ashkaan | اشکان
afshin afsheen | افشین Афшин
afsaneh afsane | افسانه
akbar akber | اکبر Акбар
asghar asgar | اصغر Аскар
aida ayda | آیدا Аида
anahita | آناهیتا
ava | آوا
ehsan ihsan ehsaan | احسان Эхсан
elyas elias ilyas ilias | الیاس Ильяс
erfan irfan | عرفان
iman eeman eman | ایمان إيمان
iraj eraj | ایرج
jafar jaafar jafer | جعفر Джафар
jahangir | جهانگیر
jalal jalaal galal | جلال
jamshid jamsheed | جمشید
kambiz | کامبیز
kamran kamraan | کامران Камран
karim kareem | کریم Карим
kazem kazim kadhim kadhem kazim | کاظم كاظم Казем
kamel kamil | کامل كامل Камиль
keyvan kayvan keivan kaivan kiwan | کیوان
kian kiyan | کیان
kiana | کیانا
kourosh koorosh kurosh cyrus koroush | کوروش کورش
khosro khosrow khosrou | خسرو
ladan | لادن
laleh lale | لاله
milad meelad | میلاد Милад
mobina | مبینا
malek | ملک
malik malek maalek | مالک
malakeh malekeh | ملکه
manouchehr manuchehr | منوچهر
mansour mansoor mansur | منصور Мансур
mirza mirzaa | میرزا Мирза
moein moeen | معین
mehran mehraan | مهران
mehrdad mehrdaad | مهرداد
mehri | مهری
nader nadir | نادر Надир
naser nasser nasir naseer | ناصر Насер Насир
nazar nazaar | نظر
navid naveed | نوید Навид
nima neema | نیما
nikoo nikou niku | نیکو
niki nicky | نیکی
omid omeed umid | امید Омид
oveis oveys owais | اویس
ghasem qasem qasim kasem ghassem kassem | قاسم Касим
ghorban qorban gorban kurban | قربان Курбан
rahim raheem | رحیم Рахим
ramin rameen | رامین Рамин
rasoul rasool rasul | رسول Расул
rashid rasheed | رشید Рашид
roya rouya roia | رویا Роя
rostam rustam rostem | رستم Рустам
rouhollah ruhollah roohollah | روح‌الله
sadegh sadeq sadiq sadek sadegh | صادق Садек
saleh salih saaleh | صالح Салех
saman samaan | سامان
samaneh samane | سمانه
samira sameera samirah | سمیرا سمیره سميرة Самира
sanaz saanaz | ساناز
sepideh sepide | سپیده
sepehr | سپهر
setareh setare | ستاره
shadi shady | شادی شادي
shahin shaheen | شاهین Шахин
shahla shahlaa | شهلا
shahram shahraam | شهرام
shahrokh shahrukh | شاهرخ
shahrzad shahrazad | شهرزاد
shahnaz | شهناز
shaghayegh shaqayeq | شقایق
shabnam | شبنم Шабнам
shima shaimaa shayma shaima sheyma | شیما شيماء
shirin shireen shereen sherine shirine | شیرین Ширин
shir | شیر
shiva sheeva | شیوا
shohreh shohre shahreh | شهره
siavash siyavash siawash | سیاوش
simin | سیمین
sima seema | سیما
sina | سینا Сина
sohrab suhrab sohraab | سهراب Сухраб
sohail soheil suhail sohayl | سهیل
soheila suhaila soheyla | سهیلا
soraya suraya thuraya sorayya | ثریا ثريا
soroush soroosh sorush | سروش
sousan sosan susan | سوسن
taher tahir | طاهر Тахир
taraneh tarane | ترانه
tina | تینا
touraj tooraj | تورج
vahid waheed wahid vaheed | وحید Вахид
vida | ویدا
yaser yasser yasir | یاسر Ясер
yasaman yasmin yasamin yasmine yasmeen jasmin | یاسمن یاسمین
yazdan | یزدان
yalda | یلدا
farhad farhaad | فرهاد Фархад
fariba fareeba | فریبا
farid fareed | فرید Фарид
farideh faride farida fareeda | فریده فريدة Фарида
fereydoun fereidoun fereydoon faridoun freydoun feridoon faridun fereidoon | فریدون
farzaneh farzane farzana | فرزانه
farzad farzaad | فرزاد
farshid farsheed | فرشید
farshad | فرشاد
farnaz | فرناز
farrokh farokh | فرخ
fatemi | فاطمی
fathi | فتحی فتحي
fath fateh | فتح
fazel fadhel fadel fazil | فاضل
forough foroogh | فروغ
foad fouad fuad foued | فواد فؤاد
hadi haadi hady | هادی Хади
haleh hale | هاله
hashem hashim hachem | هاشم Хашим
heydar heidar haidar haydar heider haider hidar | حیدر Хейдар Гейдар
hoda huda houda | هدی هدى
homa huma | هما
houman hooman human | هومن
houshang hooshang hushang | هوشنگ
haj hajj | حاج
habib habeeb | حبیب Хабиб
habibollah | حبیب‌الله
golnaz gulnaz | گلناز
golnar gulnar | گلنار Гульнара
ghazal gazal | غزل
gholamreza | غلامرضا
gholamhossein gholamhosein | غلامحسین
alireza alirezaa | علیرضا
amirhossein amirhosein amirhussein amirhosseyn | امیرحسین
amirali | امیرعلی
amirmohammad | امیرمحمد
amirreza | امیررضا
mohammadreza mohamadreza | محمدرضا
mohammadmehdi mohammadmahdi | محمدمهدی
mohammadali mohamadali | محمدعلی
hamidreza | حمیدرضا
ahmadreza | احمدرضا
abolfazl abulfazl abolfazel aboulfazl | ابوالفضل
abolghasem abolqasem abulqasim | ابوالقاسم
asad assad asaad | اسد أسد Асад
asadollah asadullah | اسدالله
azizollah | عزیزالله
aziz azeez | عزیز Азиз
nosratollah | نصرت‌الله
sharif shareef cherif | شریف Шариф
zaman zamaan | زمان
darioush dariush daryoush daryush darius | داریوش
danial daniyal daniel | دانیال
delaram | دلارام
donya dunya | دنیا
darya daria | دریا
dorsa | درسا
ziba zeeba | زیبا
zohreh zohre zahra | زهره
bagher baqer baqir bagir | باقر
taghi taqi | تقی
naghi naqi | نقی
najaf nejaf | نجف
nemat nematollah nematullah | نعمت نعمت‌الله
hojjat hojat hodjat | حجت
hojjatollah hojatollah | حجت‌الله
ruhangiz roohangiz | روح‌انگیز
yadollah yadullah | یدالله
fathollah fathullah | فتح‌الله
seifollah seifullah | سیف‌الله
amanollah amanullah | امان‌الله
valiollah waliullah | ولی‌الله
vali wali | ولی
nabi | نبی
safar | صفر
rajab rajab | رجب
ramezan ramazan | رمضان
shaban shaaban | شعبان
mojtaba mujtaba | مجتبی
mohadeseh mohaddeseh | محدثه
motahareh motahhareh | مطهره
mahbobeh mahboubeh mahbube | محبوبه
masih maseeh | مسیح
mani maani | مانی
mazyar maziar | مازیار
mahyar mahiar | مهیار
mahan maahan | ماهان
marjan marjaan | مرجان
maliheh malihe | ملیحه
mehrnaz | مهرناز
mehrnoush mehrnoosh | مهرنوش
mehrangiz | مهرانگیز
mohtaram | محترم
monireh monire | منیره
nasim naseem | نسیم
nastaran | نسترن
nazi | نازی
nazli | نازلی
niusha nioosha niousha | نیوشا
noushin nooshin nushin | نوشین
nozhat nozhat | نزهت
pari | پری
paria parya | پریا
pardis | پردیس
parastoo parastou parastu | پرستو
pejman pezhman | پژمان
puria pouria pourya pooria | پوریا
raha | رها
rana raana | رعنا
rasa | رسا
sarvenaz | سروناز
samin sameen | ثمین
sogand sogand | سوگند
sogol | سوگل
solmaz | سولماز
shahab | شهاب
shahaboddin shahabuddin | شهاب‌الدین
shahriar shahryar | شهریار
shahrouz shahruz | شهروز
shapour shapur shahpour | شاپور
shayan shaian | شایان
shokoufeh shokufeh | شکوفه
tahmineh tahmine | تهمینه
tannaz tanaz | طناز
tayebeh tayyebeh | طیبه
touba tooba | طوبی
vandad | ونداد
yeganeh yegane | یگانه
zeynalabedin zeinolabedin | زین‌العابدین
farahnaz | فرحناز
faranak | فرانک
farzin | فرزین
fardin | فردین
farbod | فربد
foroozan forouzan | فروزان
fereshteh fereshte | فرشته
ghodrat | قدرت
ghodratollah | قدرت‌الله
golbahar | گلبهار
goli | گلی
hediyeh hedieh | هدیه
hengameh hengame | هنگامه
hessam hesam | حسام
heshmat hishmat | حشمت
hormoz hormuz | هرمز
houri hoori | حوری
jabbar | جبار
jahan | جهان
kaveh kave | کاوه
katayoun katayun | کتایون
karamat keramat | کرامت
keyhan kayhan | کیهان
keykhosro | کیخسرو
lotfollah lotfullah | لطف‌الله
akhtar | اختر
arastoo | ارسطو
ardeshir ardashir | اردشیر
ardalan | اردلان
arsalan arslan | ارسلان
artin | آرتین
arvin | آروین
atefeh atefe | عاطفه
atena athena | آتنا
ateih atieh | عطیه
azin azhin | آذین
bahador bahadur | بهادر
banafsheh | بنفشه
benyamin | بنیامین
bita | بیتا
davar | داور
effat efat | عفت
eftekhar | افتخار
ehteram | احترام
ezzat ezat | عزت
esfandiar esfandyar | اسفندیار
eshagh ishaq eshaq | اسحاق
ghaemi | قائمی
golzar | گلزار
norouz nowruz nourouz | نوروز
nezam | نظام
noor nour | نور
pirouz pirooz | پیروز
bozorg | بزرگ
shah | شاه
khan | خان
beyg beig | بیگ
mir meer | میر
mohtasham | محتشم
tabatabaei tabatabaee tabatabai | طباطبایی طباطبائی
mahmoudi mahmoodi mahmudi | محمودی
mohseni | محسنی
naseri nasseri | ناصری
naderi nadery | نادری
nasiri | نصیری
ghanbari qanbari | قنبری
ghaffari ghafari | غفاری
golmohammadi | گلمحمدی
hatami | حاتمی
hadadi haddadi | حدادی
hamidi | حمیدی
heidarian | حیدریان
jalali | جلالی
jamshidi | جمشیدی
kamali | کمالی
khodabandeh | خدابنده
kiani kiyani | کیانی
mansouri mansoori | منصوری
mokhtari mukhtari | مختاری
momeni | مؤمنی مومنی
mortazavi | مرتضوی
motamedi | معتمدی
nemati | نعمتی
pahlavan | پهلوان
pahlavi | پهلوی
ramezani ramazani | رمضانی
ranjbar | رنجبر
sabouri | صبوری
sadri | صدری
saeedi saidi | سعیدی
samadi | صمدی
shafiei shafiee | شفیعی
shakeri | شاکری
shirvani | شیروانی
shojaei shojaee | شجاعی
tavakoli tavakkoli | توکلی
vahidi | وحیدی
yari | یاری
zandi | زندی
zarei | زارعی
araghi araqi | عراقی
ardebili | اردبیلی
arabi | عربی
bakhtiari bakhtiyari | بختیاری
khorasani | خراسانی
gilani | گیلانی
mazandarani | مازندرانی
kashani | کاشانی
kordi kurdi | کردی
lari | لاری
lorestani | لرستانی
qazvini ghazvini | قزوینی
zanjani | زنجانی
sabzevari | سبزواری
semnani | سمنانی
tehrani tehranee tehrany | تهرانی
isfahani esfahani isfahany esfahany | اصفهانی
shirazi shirazy | شیرازی
mashhadi mashhady mashadi | مشهدی
tabrizi tabrizy | تبریزی
hamedani hamadani | همدانی
kermani kermany | کرمانی
karaji karadji | کرجی
rashti rashty | رشتی
yazdi yazdy | یزدی
qomi ghomi qommi ghommi | قمی
ahvazi ahwazi | اهوازی
najafi najafy | نجفی
karimi kareemi karimy | کریمی
hosseini hoseini husseini hosseiny hussaini hosayni hosseyni | حسینی
ahmadi ahmady | احمدی
mohammadi mohamadi muhammadi | محمدی
mousavi moosavi musavi mosavi | موسوی
rezaei rezaie rezai rezaee rezayi | رضایی رضائی
jafari jaafari | جعفری
moradi morady | مرادی
sadeghi sadeqi sadighi | صادقی
rahimi raheemi | رحیمی
ebrahimi ibrahimi | ابراهیمی
heydari heidari haidari haydari | حیدری
ghasemi qasemi ghassemi qasimi | قاسمی
hashemi hashimi | هاشمی
rostami rustami | رستمی
soltani sultani | سلطانی
habibi habiby | حبیبی
eskandari iskandari | اسکندری
maleki maliki malaki | ملکی مالکی
taheri tahiri | طاهری
azizi | عزیزی
amini | امینی
akbari akbary | اکبری
asadi assadi | اسدی
abbasi abasi abbassi | عباسی
alavi alawi | علوی
bagheri baqeri bageri | باقری
bahrami | بهرامی
ghorbani qorbani | قربانی
ghaderi qaderi qadri | قادری
kazemi kazimi | کاظمی
khalili | خلیلی
khosravi | خسروی
mirzaei mirzaie mirzai | میرزایی
nazari nazary | نظری
norouzi nowruzi noruzi nowrouzi | نوروزی
nouri noori nuri | نوری
parvizi | پرویزی
rashidi | رشیدی
razavi rezavi razawi | رضوی
safari | صفری
salehi saleh | صالحی
sharifi | شریفی
shahbazi | شهبازی
soleimani sulaimani soleymani | سلیمانی
yousefi yusefi yousofi yusufi | یوسفی
yaghoubi yaqoubi yaghobi | یعقوبی
zamani | زمانی
zare zarei zaree | زارع زارعی
zand | زند
nejad nezhad | نژاد
zadeh zade | زاده
pour pur poor | پور
far | فر
fard | فرد
nia niya | نیا
vand | وند
lou lu | لو
khah | خواه
rad raad | راد
";
