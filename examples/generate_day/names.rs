//! Names in six languages, each with the Latin spelling that a till or a marketplace uses.

use crate::places::Language;
use crate::random::Random;

/// A name in the person's own script and in Latin letters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Name {
    pub(crate) latin: &'static str,
    pub(crate) native: &'static str,
}

type Row = (&'static str, &'static str);

/// The names of one language: women's, men's, family names.
struct Table {
    women: [Row; 12],
    men: [Row; 12],
    families: [Row; 18],
}

// Zero-width non-joiners are written out as \u{200c}, so that they can be seen.
static PERSIAN: Table = Table {
    women: [
        ("Sara", "سارا"),
        ("Maryam", "مریم"),
        ("Zahra", "زهرا"),
        ("Fatemeh", "فاطمه"),
        ("Niloufar", "نیلوفر"),
        ("Shirin", "شیرین"),
        ("Leila", "لیلا"),
        ("Mahsa", "مهسا"),
        ("Parisa", "پریسا"),
        ("Azadeh", "آزاده"),
        ("Gol Nar", "گل\u{200c}نار"),
        ("Yasaman", "یاسمن"),
    ],
    men: [
        ("Ali", "علی"),
        ("Mohammad", "محمد"),
        ("Amir Hossein", "امیر\u{200c}حسین"),
        ("Reza", "رضا"),
        ("Kaveh", "کاوه"),
        ("Kamran", "کامران"),
        ("Mehdi", "مهدی"),
        ("Saeed", "سعید"),
        ("Mohammad Reza", "محمد\u{200c}رضا"),
        ("Babak", "بابک"),
        ("Siavash", "سیاوش"),
        ("Majid", "مجید"),
    ],
    families: [
        ("Karimi", "کریمی"),
        ("Hosseini", "حسینی"),
        ("Mohammadi", "محمدی"),
        ("Ahmadi", "احمدی"),
        ("Akbari", "اکبری"),
        ("Rezaei", "رضایی"),
        ("Rahimzadeh", "رحیم\u{200c}زاده"),
        ("Sadeghi", "صادقی"),
        ("Kazemi", "کاظمی"),
        ("Moradi", "مرادی"),
        ("Jafari", "جعفری"),
        ("Hashemi", "هاشمی"),
        ("Yazdani", "یزدانی"),
        ("Shirazi", "شیرازی"),
        ("Kianpour", "کیان\u{200c}پور"),
        ("Farahani", "فراهانی"),
        ("Nikbakht", "نیک\u{200c}بخت"),
        ("Tehrani", "تهرانی"),
    ],
};

static ARABIC: Table = Table {
    women: [
        ("Fatima", "فاطمة"),
        ("Aisha", "عائشة"),
        ("Mariam", "مريم"),
        ("Noura", "نورة"),
        ("Layla", "ليلى"),
        ("Huda", "هدى"),
        ("Amna", "آمنة"),
        ("Shaikha", "شيخة"),
        ("Rania", "رانيا"),
        ("Salma", "سلمى"),
        ("Iman", "إيمان"),
        ("Khadija", "خديجة"),
    ],
    men: [
        ("Mohammed", "محمد"),
        ("Ahmed", "أحمد"),
        ("Khalid", "خالد"),
        ("Yousef", "يوسف"),
        ("Ibrahim", "إبراهيم"),
        ("Hassan", "حسن"),
        ("Saif", "سيف"),
        ("Abdullah", "عبد الله"),
        ("Ali", "علي"),
        ("Mustafa", "مصطفى"),
        ("Tariq", "طارق"),
        ("Osama", "أسامة"),
    ],
    families: [
        ("Al Mansoori", "المنصوري"),
        ("Al Hashimi", "الهاشمي"),
        ("Al Suwaidi", "السويدي"),
        ("Khoury", "خوري"),
        ("Nasser", "ناصر"),
        ("Al Najjar", "النجار"),
        ("Al Amiri", "الأميري"),
        ("Saleh", "صالح"),
        ("Al Ketbi", "الكتبي"),
        ("Darwish", "درويش"),
        ("Al Qasimi", "القاسمي"),
        ("Farouk", "فاروق"),
        ("Al Masri", "المصري"),
        ("Hamdan", "حمدان"),
        ("Al Shami", "الشامي"),
        ("Zayed", "زايد"),
        ("Mahmoud", "محمود"),
        ("Al Baghdadi", "البغدادي"),
    ],
};

static HEBREW: Table = Table {
    women: [
        ("Noa", "נועה"),
        ("Tamar", "תמר"),
        ("Maya", "מאיה"),
        ("Yael", "יעל"),
        ("Shira", "שירה"),
        ("Adi", "עדי"),
        ("Michal", "מיכל"),
        ("Rivka", "רבקה"),
        ("Avigail", "אביגיל"),
        ("Hila", "הילה"),
        ("Ronit", "רונית"),
        ("Orly", "אורלי"),
    ],
    men: [
        ("David", "דוד"),
        ("Yosef", "יוסף"),
        ("Daniel", "דניאל"),
        ("Itai", "איתי"),
        ("Moshe", "משה"),
        ("Ariel", "אריאל"),
        ("Yonatan", "יונתן"),
        ("Eitan", "איתן"),
        ("Chaim", "חיים"),
        ("Avraham", "אברהם"),
        ("Gil", "גיל"),
        ("Omer", "עומר"),
    ],
    families: [
        ("Cohen", "כהן"),
        ("Mizrahi", "מזרחי"),
        ("Peretz", "פרץ"),
        ("Biton", "ביטון"),
        ("Ben-David", "בן־דוד"),
        ("Friedman", "פרידמן"),
        ("Azoulay", "אזולאי"),
        ("Katz", "כץ"),
        ("Bar-Lev", "בר־לב"),
        ("Shapira", "שפירא"),
        ("Golan", "גולן"),
        ("Amar", "עמר"),
        ("Ben-Ami", "בן־עמי"),
        ("Segal", "סגל"),
        ("Dahan", "דהן"),
        ("Avrahami", "אברהמי"),
        ("Rosen", "רוזן"),
        ("Ashkenazi", "אשכנזי"),
    ],
};

static RUSSIAN: Table = Table {
    women: [
        ("Anna", "Анна"),
        ("Maria", "Мария"),
        ("Elena", "Елена"),
        ("Olga", "Ольга"),
        ("Alyona", "Алёна"),
        ("Natalia", "Наталья"),
        ("Yulia", "Юлия"),
        ("Ekaterina", "Екатерина"),
        ("Ksenia", "Ксения"),
        ("Polina", "Полина"),
        ("Irina", "Ирина"),
        ("Svetlana", "Светлана"),
    ],
    men: [
        ("Artyom", "Артём"),
        ("Fyodor", "Фёдор"),
        ("Ivan", "Иван"),
        ("Dmitry", "Дмитрий"),
        ("Sergei", "Сергей"),
        ("Alexei", "Алексей"),
        ("Semyon", "Семён"),
        ("Mikhail", "Михаил"),
        ("Andrei", "Андрей"),
        ("Pavel", "Павел"),
        ("Nikolai", "Николай"),
        ("Yegor", "Егор"),
    ],
    families: [
        ("Ivanov", "Иванов"),
        ("Smirnov", "Смирнов"),
        ("Kuznetsov", "Кузнецов"),
        ("Solovyov", "Соловьёв"),
        ("Kovalyov", "Ковалёв"),
        ("Vorobyov", "Воробьёв"),
        ("Popov", "Попов"),
        ("Sokolov", "Соколов"),
        ("Lebedev", "Лебедев"),
        ("Kozlov", "Козлов"),
        ("Novikov", "Новиков"),
        ("Morozov", "Морозов"),
        ("Volkov", "Волков"),
        ("Zhuravlyov", "Журавлёв"),
        ("Fomin", "Фомин"),
        ("Belov", "Белов"),
        ("Ryabov", "Рябов"),
        ("Shchukin", "Щукин"),
    ],
};

static ENGLISH: Table = Table {
    women: [
        ("Olivia", "Olivia"),
        ("Amelia", "Amelia"),
        ("Grace", "Grace"),
        ("Sophie", "Sophie"),
        ("Chloe", "Chloë"),
        ("Emily", "Emily"),
        ("Priya", "Priya"),
        ("Siobhan", "Siobhán"),
        ("Zoe", "Zoë"),
        ("Hannah", "Hannah"),
        ("Ruth", "Ruth"),
        ("Mary-Jane", "Mary-Jane"),
    ],
    men: [
        ("Oliver", "Oliver"),
        ("Harry", "Harry"),
        ("George", "George"),
        ("Jack", "Jack"),
        ("Thomas", "Thomas"),
        ("Rhys", "Rhys"),
        ("Liam", "Liam"),
        ("Ethan", "Ethan"),
        ("Noah", "Noah"),
        ("Callum", "Callum"),
        ("Arjun", "Arjun"),
        ("Sean", "Seán"),
    ],
    families: [
        ("Smith", "Smith"),
        ("Jones", "Jones"),
        ("Taylor", "Taylor"),
        ("Brown", "Brown"),
        ("O'Brien", "O’Brien"),
        ("MacDonald", "MacDonald"),
        ("Evans", "Evans"),
        ("Patel", "Patel"),
        ("Walker", "Walker"),
        ("Wright", "Wright"),
        ("Hughes", "Hughes"),
        ("Clarke", "Clarke"),
        ("Smith-Jones", "Smith-Jones"),
        ("Khan", "Khan"),
        ("Green", "Green"),
        ("D'Arcy", "D’Arcy"),
        ("Baker", "Baker"),
        ("Turner", "Turner"),
    ],
};

static GERMAN: Table = Table {
    women: [
        ("Anna", "Anna"),
        ("Baerbel", "Bärbel"),
        ("Kaethe", "Käthe"),
        ("Lena", "Lena"),
        ("Joerdis", "Jördis"),
        ("Sabine", "Sabine"),
        ("Ulrike", "Ulrike"),
        ("Greta", "Greta"),
        ("Heike", "Heike"),
        ("Mia", "Mia"),
        ("Zoe", "Zoé"),
        ("Karin", "Karin"),
    ],
    men: [
        ("Juergen", "Jürgen"),
        ("Joerg", "Jörg"),
        ("Lukas", "Lukas"),
        ("Guenther", "Günther"),
        ("Max", "Max"),
        ("Felix", "Felix"),
        ("Soeren", "Sören"),
        ("Paul", "Paul"),
        ("Hans-Peter", "Hans-Peter"),
        ("Emre", "Emre"),
        ("Ruediger", "Rüdiger"),
        ("Tim", "Tim"),
    ],
    families: [
        ("Mueller", "Müller"),
        ("Schmidt", "Schmidt"),
        ("Schaefer", "Schäfer"),
        ("Weiss", "Weiß"),
        ("Koenig", "König"),
        ("Krueger", "Krüger"),
        ("Fischer", "Fischer"),
        ("Weber", "Weber"),
        ("Gross-Lenz", "Groß-Lenz"),
        ("Becker", "Becker"),
        ("Boehm", "Böhm"),
        ("Jaeger", "Jäger"),
        ("Yilmaz", "Yılmaz"),
        ("Hoffmann", "Hoffmann"),
        ("von Arnim", "von Arnim"),
        ("Voss", "Voß"),
        ("Lange", "Lange"),
        ("Schulz", "Schulz"),
    ],
};

fn table(language: Language) -> &'static Table {
    match language {
        Language::Persian => &PERSIAN,
        Language::Arabic => &ARABIC,
        Language::Hebrew => &HEBREW,
        Language::Russian => &RUSSIAN,
        Language::English => &ENGLISH,
        Language::German => &GERMAN,
    }
}

fn name((latin, native): Row) -> Name {
    Name { latin, native }
}

/// A first name.
pub(crate) fn first(language: Language, woman: bool, random: &mut Random) -> Name {
    let table = table(language);
    name(random.pick(if woman { &table.women } else { &table.men }))
}

/// A family name.
pub(crate) fn family(language: Language, random: &mut Random) -> Name {
    name(random.pick(&table(language).families))
}
