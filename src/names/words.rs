//! Words that are no names, and words that belong to the word before or after them. All are in their folded form; a
//! test holds that.

use std::sync::LazyLock;

/// Titles and forms of address; dropped before a name.
const TITLES: &str = "
mr mrs ms miss mister missis madam madame mme mlle mx dr doctor prof professor sir dame lord lady rev
reverend engr herr frau senor senora mohandes agha aghaye khanom khanoom ustad ostad rabbi harav
gospodin gospozha
اقا اقای خانم بانو دکتر مهندس استاد جناب سرکار سیدی الدکتور الدکتوره دکتور دکتوره الاستاذ الاستاذه استاذ
المهندس المهندسه الانسه مدام حاجیه
מר גב גברת דר פרופ הרב עוד אינג
мистер миссис мисс господин госпожа гн гжа др доктор проф профессор гражданин гражданка тов
";

/// Titles that are also names; dropped before a name, and a name when nothing else is there.
const NAME_LIKE_TITLES: &str = "
haj hajj haji hajji seyed seyyed sayed sayyed sayyid seyedeh sheikh shaikh حاج حاجی سید سیده السید السیده
الحاج الحاجه الشیخ شیخ
";

/// What follows a name and is none.
const DEGREES: &str = "
phd md esq jr junior sr senior ii iii iv мл младший ст старший
";

/// What people and tills write when there is no name. A name of nothing else is none.
const PLACEHOLDERS: &str = "
guest unknown none null nil nan test tester testing testuser customer client user anonymous anon noname
nobody undefined unnamed name firstname lastname surname fullname
deleted empty dummy demo asdf asdfgh qwerty qwe abc xxx tbd tba invite gast inconnu unbekannt
cliente walkin
ناشناس کاربر مهمان میهمان تست ازمایش ازمایشی نامشخص نامعلوم مشتری بدون نام ندارد خریدار ضیف مجهول اختبار
تجربه عمیل زبون مستخدم غیر معروف اسم زایر بلا لا یوجد
אורח אורחת לקוח לקוחה בדיקה טסט אלמוני פלוני ידוע לא משתמש אנונימי ללא שמ
гость неизвестно неизвестный неизвестная неизвестен тест тестовый клиент покупатель пользователь аноним нет
не указано указан имя имени без фамилия
";

/// Words of such texts that are names when they stand alone (`Cash`, `Blank`, `Na`).
const PARTS_OF_PLACEHOLDERS: &str = "
no not na available provided given first last blank sample walk in cash sale
";

/// Latin and other articles and particles that are written with the next word.
const PREFIXES: &str = "
al el ul abu abou abo abul abol umm bin ibn bint ben bar bat abd abdul abdel abdol abdal abdur abdoul aal
mc mac van von vom zu zum zur der den ter ten te de del della dela di da dos das du la le les los las san
saint st fitz af av
ال عبد ابو ابی ابا ام بن ابن بنت بو ابوال
בנ בר בת אבו אבנ אל דה הכהנ
аль эль абу абд абдул абдель бен ибн ван фон де ди да
";

/// Particles that are also given names: at the start they join only what is known as a name of that language.
const NAME_LIKE_PREFIXES: &str = "
ben bar bat бен בנ בר בת
";

/// Second parts of compounds, written with the word before.
const SUFFIXES: &str = "
نژاد زاده پور فر نیا وند لو خواه یان دوست منش پناه مند پرست نسب nejad nezhad nejhad nezad zadeh zade zada
pour pur poor far nia niya vand lou lu loo khah doust manesh panah mand parast nasab ian
الله اللهی الدین allah ullah ollah oullah uddin eddin aldin eldin eddine addin оглы огли улы уулу кызы гызы
";

/// Family names that no patronymic is made of: before them `Ben` and `Bar` are given names.
const FAMILY_NAMES: &str = "
cohen levi levy mizrahi mizrachi peretz perez biton azoulay dahan friedman katz smith shapira
כהנ לוי מזרחי פרצ ביטונ אזולאי דהנ פרידמנ כצ שפירא
";

/// Irish family names after `O`.
const AFTER_O: &str = "
brien brian callaghan connell connor conner dea doherty donnell donoghue donovan driscoll dwyer flaherty gorman
grady halloran hara hare kane keefe keeffe leary loughlin mahony malley meara neil neill reilly riordan rourke shea
sullivan toole
";

/// A list of words to look up in.
struct Words(Vec<&'static str>);

impl Words {
    fn of(text: &'static str) -> Self {
        let mut words: Vec<&str> = text.split_whitespace().collect();
        words.sort_unstable();
        Self(words)
    }

    fn has(&self, word: &str) -> bool {
        self.0.binary_search(&word).is_ok()
    }
}

/// The lists, ready to look up in.
struct Lists {
    titles: Words,
    name_like_titles: Words,
    degrees: Words,
    placeholders: Words,
    parts_of_placeholders: Words,
    prefixes: Words,
    name_like_prefixes: Words,
    suffixes: Words,
    family_names: Words,
    after_o: Words,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| Lists {
    titles: Words::of(TITLES),
    name_like_titles: Words::of(NAME_LIKE_TITLES),
    degrees: Words::of(DEGREES),
    placeholders: Words::of(PLACEHOLDERS),
    parts_of_placeholders: Words::of(PARTS_OF_PLACEHOLDERS),
    prefixes: Words::of(PREFIXES),
    name_like_prefixes: Words::of(NAME_LIKE_PREFIXES),
    suffixes: Words::of(SUFFIXES),
    family_names: Words::of(FAMILY_NAMES),
    after_o: Words::of(AFTER_O),
});

/// Whether it is a title and nothing else.
pub(super) fn is_title(word: &str) -> bool {
    LISTS.titles.has(word)
}

/// Whether it is a title before a name.
pub(super) fn is_title_before_name(word: &str) -> bool {
    is_title(word) || LISTS.name_like_titles.has(word)
}

/// Whether it is a degree or a mark of generation after a name.
pub(super) fn is_degree(word: &str) -> bool {
    LISTS.degrees.has(word)
}

/// Whether it stands for a missing name.
pub(super) fn is_placeholder(word: &str) -> bool {
    let mut chars = word.chars();
    let first = chars.next();
    let repeated = chars.all(|c| Some(c) == first) && word.chars().nth(2).is_some();
    repeated || LISTS.placeholders.has(word)
}

/// Whether it may be a part of a text that stands for a missing name.
pub(super) fn is_part_of_placeholder(word: &str) -> bool {
    LISTS.parts_of_placeholders.has(word)
}

/// Whether it is written with the next word.
pub(super) fn is_prefix(word: &str) -> bool {
    LISTS.prefixes.has(word)
}

/// Whether it is written with the next word, unless it may be a given name itself.
pub(super) fn is_name_like_prefix(word: &str) -> bool {
    LISTS.name_like_prefixes.has(word)
}

/// Whether it is a family name before which `Ben` and `Bar` are given names.
pub(super) fn is_family_name(word: &str) -> bool {
    LISTS.family_names.has(word)
}

/// Whether it follows the `O` of Irish names.
pub(super) fn is_after_o(word: &str) -> bool {
    LISTS.after_o.has(word)
}

/// Whether it is written with the word before.
pub(super) fn is_suffix(word: &str) -> bool {
    LISTS.suffixes.has(word)
}

/// Whether two given names are one compound in common use (Persian `امیر حسین`, `علی رضا`).
pub(super) fn is_compound(first: &str, second: &str) -> bool {
    let reza = matches!(second, "reza" | "رضا");
    match first {
        "amir" | "امیر" => {
            reza || matches!(
                second,
                "hossein"
                    | "hosein"
                    | "hussein"
                    | "hosseyn"
                    | "ali"
                    | "mohammad"
                    | "mohamad"
                    | "mahdi"
                    | "mehdi"
                    | "abbas"
                    | "hassan"
                    | "hasan"
                    | "masoud"
                    | "arsalan"
                    | "حسین"
                    | "علی"
                    | "محمد"
                    | "مهدی"
                    | "عباس"
                    | "حسن"
                    | "مسعود"
                    | "ارسلان"
                    | "ارسلانی"
            )
        }
        "mohammad" | "mohamad" | "محمد" => {
            reza || matches!(
                second,
                "mahdi"
                    | "mehdi"
                    | "javad"
                    | "amin"
                    | "taghi"
                    | "sadegh"
                    | "bagher"
                    | "hossein"
                    | "hosein"
                    | "مهدی"
                    | "جواد"
                    | "امین"
                    | "تقی"
                    | "صادق"
                    | "باقر"
            )
        }
        "gholam" | "غلام" => {
            reza || matches!(second, "hossein" | "hosein" | "ali" | "abbas" | "حسین" | "علی" | "عباس" | "حسن")
        }
        "ali" | "علی" | "hamid" | "حمید" | "ahmad" | "احمد" | "majid" | "مجید" | "saeid" => {
            reza
        }
        "abol" | "abul" | "ابو" | "ابوال" => {
            matches!(second, "fazl" | "ghasem" | "qasem" | "hasan" | "فضل" | "قاسم")
        }
        "zia" | "nour" | "nur" | "salah" | "shams" | "ala" | "jamal" | "saif" | "seif" => {
            matches!(second, "din" | "aldin")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{
        AFTER_O, DEGREES, FAMILY_NAMES, NAME_LIKE_PREFIXES, NAME_LIKE_TITLES, PARTS_OF_PLACEHOLDERS,
        PLACEHOLDERS, PREFIXES, SUFFIXES, TITLES,
    };
    use crate::text::fold;

    #[test]
    fn every_listed_word_is_folded() {
        for list in [
            TITLES,
            NAME_LIKE_TITLES,
            DEGREES,
            PLACEHOLDERS,
            PARTS_OF_PLACEHOLDERS,
            PREFIXES,
            NAME_LIKE_PREFIXES,
            SUFFIXES,
            FAMILY_NAMES,
            AFTER_O,
        ] {
            for word in list.split_whitespace() {
                assert_eq!(fold(word), word);
            }
        }
    }
}
