use super::*;

#[test]
fn usual_headers() {
    use FieldKind::*;
    for (header, kind) in [
        ("given_name", GivenName),
        ("first_name", GivenName),
        ("FORENAME", GivenName),
        ("firstName", GivenName),
        ("fname", GivenName),
        ("PRIMARY_NAME_FIRST", GivenName),
        ("surname", FamilyName),
        ("LastName", FamilyName),
        ("family name", FamilyName),
        ("PRIMARY_NAME_LAST", FamilyName),
        ("PRIMARY_NAME_MIDDLE", MiddleName),
        ("PRIMARY_NAME_FULL", FullName),
        ("NATIVE_NAME_FULL", FullName),
        ("name", FullName),
        ("first_and_surname", FullName),
        ("dob", BirthDate),
        ("D.O.B.", BirthDate),
        ("date_of_birth", BirthDate),
        ("birthDate", BirthDate),
        ("DATE_OF_BIRTH", BirthDate),
        ("year of birth", BirthYear),
        ("e-mail", Email),
        ("EMAIL_ADDRESS", Email),
        ("email_2", Email),
        ("mobile", Phone),
        ("Tel.", Phone),
        ("customerPhone2", Phone),
        ("PHONE_NUMBER", Phone),
        ("address_1", AddressLine),
        ("ADDR_LINE1", AddressLine),
        ("ADDR_FULL", AddressLine),
        ("address_2", AddressExtra),
        ("street_number", HouseNumber),
        ("suburb", City),
        ("ADDR_CITY", City),
        ("state", Region),
        ("ADDR_STATE", Region),
        ("zip", Postcode),
        ("postcode_fake", Postcode),
        ("ADDR_POSTAL_CODE", Postcode),
        ("ADDR_COUNTRY", Country),
        ("soc_sec_id", NationalId),
        ("SSN_NUMBER", NationalId),
        ("NATIONAL_ID_NUMBER", NationalId),
        ("PASSPORT_NUMBER", Passport),
        ("DRIVERS_LICENSE_NUMBER", DrivingLicence),
        ("TAX_ID_NUMBER", TaxId),
        ("loyalty_card", LoyaltyCard),
        ("device_id", Device),
        ("GENDER", Gender),
        ("job", Occupation),
        ("birth_place", BirthPlace),
        ("PRIMARY_NAME_ORG", Organisation),
        ("channel", Source),
        ("DATA_SOURCE", Source),
        ("\u{feff}Vorname", GivenName),
        ("Straße", AddressLine),
        ("STRASSE", AddressLine),
        ("Prénom", GivenName),
        ("Doğum Tarihi", BirthDate),
    ] {
        assert_eq!(recognise(header), Some(kind), "{header}");
    }
}

#[test]
fn headers_in_other_scripts() {
    use FieldKind::*;
    for (header, kind) in [
        ("نام", GivenName),
        ("نام خانوادگی", FamilyName),
        ("نام\u{200c}خانوادگي", FamilyName),
        ("نام و نام خانوادگی", FullName),
        ("تاریخ تولد", BirthDate),
        ("تاريخ_تولد", BirthDate),
        ("كد پستي", Postcode),
        ("شماره موبایل", Phone),
        ("الاسم", FullName),
        ("الاسم الأول", GivenName),
        ("اسم العائلة", FamilyName),
        ("تاريخ الميلاد", BirthDate),
        ("البريد الإلكتروني", Email),
        ("رقم الجوال", Phone),
        ("имя", GivenName),
        ("Фамилия", FamilyName),
        ("ОТЧЕСТВО", MiddleName),
        ("Дата рождения", BirthDate),
        ("дата_рождения", BirthDate),
        ("ФИО", FullName),
        ("Адрес", AddressLine),
        ("שם פרטי", GivenName),
        ("שם משפחה", FamilyName),
        ("שם מלא", FullName),
        ("תאריך לידה", BirthDate),
        ("דוא״ל", Email),
        ("ת.ז", NationalId),
    ] {
        assert_eq!(recognise(header), Some(kind), "{header}");
    }
}

#[test]
fn what_is_not_about_the_person_stays_unknown() {
    for header in [
        "",
        " ",
        "_",
        "record_id",
        "id",
        "cluster",
        "truth_id",
        "PASSPORT_COUNTRY",
        "DRIVERS_LICENSE_STATE",
        "PHONE_TYPE",
        "ADDR_TYPE",
        "AMOUNT",
        "DATE",
        "STATUS",
        "RECORD_TYPE",
        "NATIONAL_ID_TYPE",
        "REL_ANCHOR_KEY",
        "number",
        "2",
        "primary",
        "category",
        "ignored",
        "user_name",
        "customer",
        "customer_number",
        "client_id",
        "personId",
        "email_verified",
        "ip_address",
        "amount of names given to the first customer of the whole month in the city",
    ] {
        assert_eq!(recognise(header), None, "{header}");
    }
    assert_eq!(recognise(&"name ".repeat(2_000)), None);
    assert_eq!(recognise(&"x".repeat(10_000)), None);
}

#[test]
fn no_header_means_two_things() {
    let mut seen: BTreeMap<String, FieldKind> = BTreeMap::new();
    for (kind, headers) in HEADERS {
        for text in headers.split(',').map(str::trim) {
            assert_eq!(recognise(text), Some(*kind), "{text}");
            assert_eq!(recognise(&text.to_uppercase()), Some(*kind), "{text}");
            let other = seen.insert(words(text).concat(), *kind);
            assert!(other.is_none_or(|other| other == *kind), "{text}");
        }
    }
}

#[test]
fn names_are_those_of_json() {
    for kind in FieldKind::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
    let mut sorted = FieldKind::ALL;
    sorted.sort_unstable();
    assert_eq!(sorted, FieldKind::ALL);
}

proptest::proptest! {
    #[test]
    fn any_header_has_an_answer(header in "\\PC{0,40}") {
        let once = recognise(&header);
        proptest::prop_assert_eq!(recognise(&format!(" {header}_")), once);
    }
}
