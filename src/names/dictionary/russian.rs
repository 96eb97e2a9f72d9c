//! Russian given names with their passport, popular and international spellings, and family names whose Latin spelling no
//! rule gives.

pub(super) const NAMES: &str = "
sergei sergey serguei sergej sergiy serghei serge | Сергей Сергій סרגיי
aleksandr alexander aleksander alexandr aleksandar oleksandr alexandre alexsandr | Александр Олександр אלכסנדר
aleksandra alexandra oleksandra alexsandra | Александра
aleksei alexey alexei aleksey alexej oleksiy alexy | Алексей Олексій אלכסיי
andrei andrey andrej andriy andrew | Андрей Андрій אנדריי
anton antony | Антон
arkadii arkady arkadiy arkadi | Аркадий
artem artyom artiom artyem | Артём Артем
arsenii arseny arseniy arseni | Арсений
arthur artur | Артур ארתור
anatolii anatoly anatoliy anatoli anatolij | Анатолий
boris borys | Борис בוריס بوریس
bogdan bohdan | Богдан
vadim vadym | Вадим
valentin valentyn | Валентин
valentina valentyna | Валентина
valerii valery valeriy valeri valerij | Валерий
valeriia valeria valeriya valerija | Валерия
vasilii vasily vasiliy vasili vasyl vassily basil | Василий Василь
vasilisa vassilisa | Василиса
vera wera | Вера
veronika veronica | Вероника
viktor victor wiktor | Виктор Віктор ויקטור فیکتور
viktoriia victoria viktoria viktoriya victoriya | Виктория Вікторія ויקטוריה فیکتوریا
vitalii vitaly vitaliy vitali vitalij | Виталий
vladimir vladymyr volodymyr wladimir vladimer | Владимир Володимир ולדימיר
vladislav vladyslav wladislaw | Владислав
viacheslav vyacheslav vjaceslav | Вячеслав
vsevolod | Всеволод
galina halyna galyna | Галина גלינה
gennadii gennady gennadiy genadi gennadi | Геннадий
georgii georgy georgiy georgi georgij | Георгий גאורגי
gleb | Глеб
grigorii grigory grigoriy grigori gregory hryhoriy grigorij | Григорий גריגורי
daria darya dariya daryia darja | Дарья
danila danil daniil danilo danylo | Данила Данил Даниил
denis denys | Денис
diana dianna | Диана דיאנה دیانا
dmitrii dmitry dmitriy dimitri dmitri dmytro dimitry dmitrij dimitrii | Дмитрий Дмитро דמיטרי
evgenii evgeny evgeniy yevgeny yevgeniy eugene yevhen evgeni evgenij jewgeni eugeny | Евгений יבגני
evgeniia evgenia evgeniya yevgenia yevgeniya eugenia jewgenia | Евгения
egor yegor | Егор
ekaterina katerina yekaterina catherine kateryna ekatarina jekaterina | Екатерина Катерина יקטרינה
elena yelena helena olena jelena helen | Елена Олена ילנה
elizaveta yelizaveta elisaveta elizabeth jelisaweta | Елизавета
efim yefim | Ефим
zhanna janna zhana | Жанна
zinaida | Зинаида
zoia zoya zoe | Зоя
ivan iwan | Иван Іван איבן ایوان
igor ihor | Игорь איגור
ilia ilya iliya elijah ilja illia | Илья Ілля
inna ina | Инна אינה
innokentii innokenty | Иннокентий
irina iryna irena irine | Ирина Ірина אירינה
iosif yosif joseph | Иосиф
karina carina | Карина
kirill kiril cyril kirilo kyrylo kyrill | Кирилл
klavdiia klavdia klavdiya | Клавдия
konstantin constantin constantine kostiantyn konstantyn | Константин קונסטנטין
kristina christina kristine krystyna | Кристина קריסטינה کریستینا
kseniia ksenia kseniya xenia xeniya oksenia | Ксения
larisa larissa larysa | Лариса
lev leo leon lew | Лев
leonid leonyd | Леонид לאוניד
lidiia lidia lidiya lydia | Лидия
liubov lyubov lubov ljubov liubow | Любовь
liudmila ludmila lyudmila liudmyla ljudmila | Людмила לודמילה
makar | Макар
maksim maxim maksym maxime | Максим מקסים
margarita | Маргарита
marina maryna | Марина מרינה مارینا
mariia maria mariya marya marija | Мария Марія מריה ماریا
mark marc | Марк מרק مارک
matvei matvey matthew matvej matviy | Матвей
mikhail michael mikhael mihail mykhailo michail michajl | Михаил מיכאיל
milana | Милана
miron | Мирон
nadezhda nadejda nadiya nadezda | Надежда
natalia natalya nataliya natalja nathalie nataliia | Наталья Наталия נטליה נטליה
nikita mykyta | Никита
nikolai nikolay nicholas nicolas mykola nicolai nikolaj | Николай ניקולאי
nina | Нина
oksana oxana | Оксана
oleg oleh | Олег אולג
olga olha | Ольга אולגה
olesia olesya | Олеся
pavel pawel paul pavlo | Павел פבל
petr peter pyotr piotr petro petar | Пётр Петр
polina pauline paulina | Полина פולינה
platon | Платон
prokhor prohor | Прохор
raisa raissa | Раиса
roman | Роман רומן
rostislav | Ростислав
ruslan | Руслан
rustam | Рустам
svetlana svitlana swetlana | Светлана סבטלנה סבטלנה
semen semyon simon semion | Семён Семен סמיון
sofia sofya sofiia sofiya sophia sophie sofja | Софья София סופיה صوفیا
stanislav stanislaw stanislaus | Станислав
stepan stefan stephen | Степан
taisiia taisia taisiya | Таисия
tamara | Тамара
tatiana tatyana tetiana tatjana tetyana | Татьяна טטיאנה
timofei timofey timothy timofej | Тимофей
timur timour | Тимур
ulyana uliana | Ульяна
fedor fyodor feodor theodore fiodor fjodor | Фёдор Федор
filipp philip filip | Филипп
eduard edward edvard | Эдуард אדוארד ادوارد
elvira elwira | Эльвира
emma | Эмма
iuliia julia yulia iulia yuliya juliya julija | Юлия יוליה
iurii yuri yury yuriy yurii jurij juri iuri | Юрий יורי
iakov yakov jacob jakov | Яков
iana yana jana | Яна
iaroslav yaroslav jaroslav | Ярослав
alina | Алина
alisa alice | Алиса
alla | Алла
albina | Альбина
albert | Альберт אלברט البرت
anastasiia anastasia anastasiya anastasya | Анастасия אנסטסיה
angelina anzhelina | Ангелина
anzhela angela | Анжела
anna anne hanna | Анна אנה آنا
antonina | Антонина
arina | Арина
asia asya | Ася
varvara barbara | Варвара
vitalina | Виталина
gulnara | Гульнара
emil | Эмиль
eva | Ева
evdokiia evdokia yevdokia | Евдокия
zakhar zahar | Захар
ildar | Ильдар
ilshat | Ильшат
inessa | Инесса
iaroslava yaroslava | Ярослава
kira | Кира
lada | Лада
liliia lilia liliya lily | Лилия
liana | Лиана
luka | Лука
maiia maya maia maiya | Майя
marat | Марат
mira | Мира
nelli nelly | Нелли
nadia | Надя
nazar | Назар
oleksii oleksiy | Олексий
rinat | Ринат
rimma | Римма
robert | Роберт רוברט روبرت
rodion | Родион
saveliy savelii saveli savely | Савелий
sviatoslav svyatoslav | Святослав
snezhana snejana | Снежана
tikhon tihon | Тихон
iaroslavna yaroslavna | Ярославна
agata agatha | Агата
agrafena | Аграфена
aglaia aglaya | Аглая
afanasii afanasy afanasiy | Афанасий
akim | Аким
alevtina | Алевтина
amina | Амина
anisia anisya | Анисия
azamat | Азамат
aigul aygul | Айгуль
airat ayrat | Айрат
bulat | Булат
varlam | Варлам
viola | Виола
vladlena | Владлена
german herman | Герман
gerasim | Герасим
darina | Дарина
damir | Дамир
demid | Демид
elina ellina | Элина
eldar | Эльдар
evelina | Эвелина
feliks felix | Феликс
foma thomas | Фома
gavriil gabriel | Гавриил
ignat ignatii ignaty | Игнат Игнатий
ilona | Илона
iulian yulian julian | Юлиан
iulii yuly yuliy | Юлий
kuzma kozma | Кузьма
luiza louisa luisa | Луиза
lukian lukyan | Лукьян
maryana mariana marianna | Марьяна Марианна
naina | Наина
naum | Наум
pelageia pelageya | Пелагея
regina | Регина
renat | Ренат
ramil | Рамиль
rafail | Рафаил
rosa roza | Роза
sabina | Сабина
samuil | Самуил
savva sava | Савва
serafim seraphim | Серафим
serafima seraphima | Серафима
stella | Стелла
taras | Тарас
trofim | Трофим
tigran | Тигран
ustinia ustinya | Устинья
faina | Фаина
khariton hariton | Харитон
emiliia emilia emiliya | Эмилия
erik eric | Эрик
ella | Элла
eleonora | Элеонора
iakub yakub | Якуб
kuznetsov kuznecov kouznetsov kuznetzov | Кузнецов
tsvetkov cvetkov tzvetkov | Цветков
solovev solovyov solovyev soloviev soloviov | Соловьёв Соловьев
vorobev vorobyov vorobyev vorobiev | Воробьёв Воробьев
grigorev grigoriev grigoryev | Григорьев
zaitsev zaytsev zaicev zaitzev | Зайцев
leontev leontiev leontyev | Леонтьев
dyachenko diachenko | Дьяченко
yushchenko iushchenko yuschenko | Ющенко
shevchenko schevchenko | Шевченко
khrushchev khrushchov khruschev | Хрущёв Хрущев
gorbachev gorbachov gorbachyov | Горбачёв Горбачев
kiselev kiselyov kiseliov | Киселёв Киселев
kovalev kovalyov kovaliov | Ковалёв Ковалев
fedorov fyodorov feodorov | Фёдоров Федоров
semenov semyonov semionov | Семёнов Семенов
alekseev alexeev alekseyev alexeyev | Алексеев
aleksandrov alexandrov | Александров
andreev andreyev | Андреев
sergeev sergeyev | Сергеев
nikolaev nikolayev | Николаев
dmitriev dmitriyev | Дмитриев
vasilev vasiliev vasilyev | Васильев
ilin ilyin iljin | Ильин
yakovlev iakovlev jakovlev | Яковлев
egorov yegorov | Егоров
efimov yefimov | Ефимов
evdokimov yevdokimov | Евдокимов
ershov yershov | Ершов
";
