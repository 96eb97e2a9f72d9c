//! Usual headers of columns. A table of words; what is done with it stands beside.

use super::FieldKind;

/// Usual headers of each kind, between commas. Case, spaces, dashes, underscores and diacritics do not matter.
pub(super) const HEADERS: &[(FieldKind, &str)] = &[
    (
        FieldKind::GivenName,
        "given name, given names, given, first name, first names, firstname, first, forename, forenames, \
         fname, f name, name first, christian name, personal name, vorname, vornamen, prénom, prénoms, nombre, \
         nombres, nome, voornaam, imię, jméno, fornavn, förnamn, etunimi, isim, adı, имя, ім'я, име, نام, \
         نام کوچک, اسم کوچک, الاسم الأول, الاسم الاول, الاسم الشخصي, שם פרטי, όνομα",
    ),
    (
        FieldKind::MiddleName,
        "middle name, middle names, middle, mname, name middle, middle initial, second name, patronymic, \
         zweiter vorname, segundo nombre, отчество, по батькові, نام پدر, اسم الأب, الاسم الأوسط, \
         الاسم الثاني, שם אמצעי",
    ),
    (
        FieldKind::FamilyName,
        "family name, family, surname, surnames, last name, last names, lastname, last, lname, l name, \
         name last, sname, nachname, familienname, zuname, nom, nom de famille, apellido, apellidos, \
         primer apellido, segundo apellido, second surname, second last name, cognome, sobrenome, apelido, \
         achternaam, nazwisko, příjmení, efternavn, efternamn, etternavn, sukunimi, soyad, soyadı, soyisim, \
         фамилия, прізвище, презиме, نام خانوادگی, فامیلی, شهرت, اسم العائلة, اللقب, الاسم الأخير, الكنية, \
         שם משפחה, επώνυμο",
    ),
    (
        FieldKind::FullName,
        "full name, name, name full, complete name, display name, first and surname, first and last name, \
         person name, customer name, client name, contact name, cardholder name, account holder, names, \
         vollständiger name, name vorname, nom complet, nom et prénom, nombre completo, nombre y apellidos, \
         nome completo, nome e cognome, ad soyad, adı soyadı, фио, полное имя, піб, имя и фамилия, \
         نام و نام خانوادگی, نام کامل, الاسم, الاسم الكامل, اسم العميل, שם, שם מלא",
    ),
    (
        FieldKind::BirthDate,
        "birth date, date of birth, dob, d o b, bdate, birthday, birth day, born, born on, date born, \
         birth dt, dateofbirth, geburtsdatum, geburtstag, geboren, geboren am, date de naissance, né le, \
         fecha de nacimiento, fecha nacimiento, data di nascita, data de nascimento, geboortedatum, \
         data urodzenia, datum narození, fødselsdato, födelsedatum, syntymäaika, doğum tarihi, дата рождения, \
         день рождения, дата народження, تاریخ تولد, تولد, تاريخ الميلاد, تاريخ الولادة, תאריך לידה",
    ),
    (
        FieldKind::BirthYear,
        "birth year, year of birth, yob, byear, geburtsjahr, année de naissance, año de nacimiento, \
         anno di nascita, doğum yılı, год рождения, рік народження, سال تولد, سنة الميلاد, سنة الولادة, \
         שנת לידה",
    ),
    (
        FieldKind::Email,
        "email, e mail, email address, e mail address, mail, mail address, email addr, emailid, email id, \
         courriel, adresse e mail, adresse mail, correo, correo electrónico, posta elettronica, e posta, \
         эл почта, электронная почта, почта, имейл, адрес электронной почты, ایمیل, پست الکترونیک, رایانامه, \
         البريد الإلكتروني, البريد الالكتروني, بريد إلكتروني, الايميل, אימייל, דוא\"ל, דואר אלקטרוני",
    ),
    (
        FieldKind::Phone,
        "phone, phone number, phones, mobile, mobile number, mobile phone, mobile phone number, cell, \
         cell phone, cellphone, cellular, tel, telephone, telephone number, tel no, tel nr, phone no, \
         landline, home phone, work phone, msisdn, whatsapp, whatsapp number, contact number, handy, \
         handynummer, telefon, telefonnummer, mobil, mobilnummer, rufnummer, téléphone, portable, \
         numéro de téléphone, teléfono, móvil, celular, telefono, cellulare, telefone, telemóvel, telefoon, \
         telefoonnummer, cep telefonu, телефон, номер телефона, мобильный, моб телефон, мобильный телефон, \
         تلفن, شماره تلفن, تلفن همراه, موبایل, شماره موبایل, همراه, شماره تماس, الهاتف, هاتف, رقم الهاتف, \
         الجوال, رقم الجوال, المحمول, رقم الموبايل, טלפון, מספר טלפון, נייד, טלפון נייד, סלולרי",
    ),
    (
        FieldKind::AddressLine,
        "address, address 1, address line, address line 1, addr, addr 1, addr line 1, addr line, addr full, \
         full address, address full, street, street address, street name, street 1, addr street, road, \
         residence, anschrift, adresse, adresse 1, straße, strasse, straßenname, rue, dirección, domicilio, \
         calle, indirizzo, endereço, morada, adres, straat, ulica, адрес, улица, адреса, вулиця, آدرس, نشانی, \
         خیابان, العنوان, عنوان, الشارع, שם רחוב, כתובת, רחוב",
    ),
    (
        FieldKind::AddressExtra,
        "address 2, address 3, address line 2, address line 3, addr 2, addr 3, addr line 2, addr line 3, \
         street 2, apartment, apt, flat, unit, suite, building, building name, floor, adresszusatz, \
         complément d'adresse, piso, interno, complemento, квартира, кв, واحد, پلاک و واحد, الشقة, דירה",
    ),
    (
        FieldKind::HouseNumber,
        "house number, house no, house, street number, street no, building number, building no, house nr, \
         hausnummer, hausnr, numéro de rue, número, numero civico, huisnummer, дом, номер дома, будинок, پلاک, \
         شماره پلاک, رقم المنزل, رقم البناية, מספר בית, בית",
    ),
    (
        FieldKind::City,
        "city, town, suburb, locality, village, municipality, post town, addr city, city name, city town, \
         town city, place, stadt, ort, wohnort, ville, commune, ciudad, localidad, municipio, città, comune, \
         cidade, localidade, stad, woonplaats, plaats, miasto, město, şehir, ilçe, город, населенный пункт, \
         місто, град, شهر, شهرستان, المدينة, مدينة, עיר, יישוב",
    ),
    (
        FieldKind::Region,
        "region, state, province, county, addr state, state province, state code, prefecture, territory, \
         bundesland, kanton, département, région, provincia, estado, regione, provincie, województwo, il, \
         область, регион, край, استان, المحافظة, محافظة, المنطقة, מחוז, אזור",
    ),
    (
        FieldKind::Postcode,
        "postcode, post code, postal code, postalcode, zip, zip code, zipcode, postal, pin code, pincode, \
         addr postal code, eircode, plz, postleitzahl, code postal, cp, código postal, codigo postal, cap, \
         cep, kod pocztowy, psč, postnummer, postinumero, posta kodu, индекс, почтовый индекс, \
         поштовий індекс, کد پستی, کدپستی, الرمز البريدي, رمز بريدي, מיקוד",
    ),
    (
        FieldKind::Country,
        "country, country code, country name, addr country, nation, land, pays, país, paese, kraj, ülke, \
         страна, країна, کشور, الدولة, البلد, بلد, ארץ, מדינה",
    ),
    (
        FieldKind::NationalId,
        "national id, national id number, nationalid, national identity number, ssn, ssn number, soc sec id, \
         social security number, social security, soc sec, nin, nino, national insurance number, \
         identity number, identity card, id card, id card number, personal number, personal id, \
         personal id number, personal identification number, personal code, nhs number, personnummer, \
         personalausweis, personalausweisnummer, sozialversicherungsnummer, numéro de sécurité sociale, dni, \
         nie, nif, curp, cpf, codice fiscale, bsn, pesel, rodné číslo, tc kimlik no, emirates id, iqama, \
         снилс, کد ملی, کدملی, شماره ملی, شماره شناسنامه, رقم الهوية, الرقم القومي, الرقم الوطني, رقم الإقامة, \
         תעודת זהות, ת\"ז, מספר זהות, teudat zehut",
    ),
    (
        FieldKind::Passport,
        "passport, passport number, passport no, passport id, reisepass, reisepassnummer, passeport, \
         numéro de passeport, pasaporte, passaporto, passaporte, pasaport, паспорт, номер паспорта, \
         серия и номер паспорта, گذرنامه, شماره گذرنامه, پاسپورت, جواز السفر, رقم جواز السفر, דרכון, \
         מספר דרכון",
    ),
    (
        FieldKind::DrivingLicence,
        "driving licence, driving license, driving licence number, driving license number, driver licence, \
         driver license, drivers licence, drivers license, driver's licence, drivers license number, \
         drivers licence number, driver license number, driver licence number, dl number, licence number, \
         license number, führerschein, führerscheinnummer, permis de conduire, permiso de conducir, patente, \
         водительское удостоверение, номер ву, گواهینامه, شماره گواهینامه, رخصة القيادة, رقم رخصة القيادة, \
         רישיון נהיגה",
    ),
    (
        FieldKind::TaxId,
        "tax id, tax id number, tax number, tax no, tin, vat, vat number, vat id, taxpayer id, ein, \
         steuernummer, steuer id, ust id, numéro fiscal, rfc, partita iva, vergi no, инн, شناسه مالیاتی, \
         کد اقتصادی, الرقم الضريبي, מספר עוסק, ח\"פ",
    ),
    (
        FieldKind::LoyaltyCard,
        "loyalty card, loyalty card number, loyalty number, loyalty id, loyalty, club card, customer card, \
         member card, membership number, membership card, card number loyalty, rewards number, reward card, \
         bonus card, kundenkarte, kundenkartennummer, carte de fidélité, tarjeta de fidelidad, \
         tarjeta cliente, carta fedeltà, sadakat kartı, карта лояльности, бонусная карта, дисконтная карта, \
         کارت وفاداری, شماره کارت مشتری, باشگاه مشتریان, بطاقة الولاء, رقم بطاقة الولاء, כרטיס מועדון, \
         כרטיס לקוח",
    ),
    (
        FieldKind::Device,
        "device, device id, device identifier, deviceid, device uuid, advertising id, idfa, gaid, idfv, \
         android id, cookie, cookie id, browser id, anonymous id, visitor id, installation id, imei, \
         mac address, gerät, geräte id, appareil, dispositivo, устройство, ид устройства, دستگاه, \
         شناسه دستگاه, الجهاز, معرف الجهاز, מכשיר, מזהה מכשיר",
    ),
    (
        FieldKind::Gender,
        "gender, sex, gender code, geschlecht, sexe, genre, sexo, género, sesso, genere, geslacht, płeć, \
         pohlaví, kön, køn, cinsiyet, пол, стать, جنسیت, جنس, الجنس, النوع, מין, מגדר",
    ),
    (
        FieldKind::Occupation,
        "occupation, job, job title, profession, trade, beruf, métier, ocupación, profesión, occupazione, \
         professione, profissão, beroep, zawód, meslek, профессия, должность, род занятий, شغل, حرفه, المهنة, \
         الوظيفة, מקצוע, עיסוק",
    ),
    (
        FieldKind::BirthPlace,
        "birth place, place of birth, birthplace, pob, born in, birth city, city of birth, birth town, \
         town of birth, geburtsort, lieu de naissance, lugar de nacimiento, luogo di nascita, \
         local de nascimento, geboorteplaats, miejsce urodzenia, doğum yeri, место рождения, місце народження, \
         محل تولد, مكان الميلاد, محل الميلاد, مكان الولادة, מקום לידה",
    ),
    (
        FieldKind::Organisation,
        "organisation, organization, organisation name, organization name, org, org name, name org, company, \
         company name, business, business name, firm, firma, unternehmen, société, entreprise, empresa, \
         azienda, bedrijf, şirket, организация, компания, شرکت, نام شرکت, سازمان, الشركة, اسم الشركة, חברה, \
         שם חברה",
    ),
    (
        FieldKind::Source,
        "source, data source, datasource, source dataset, source system, source name, record source, dataset, \
         system, origin, channel, quelle, kanal, canal, fuente, fonte, источник, канал, کانال, منبع, القناة, \
         المصدر, ערוץ, מקור",
    ),
];

/// Words before a header that say whose or which one it is, and nothing about what it is.
pub(super) const BEFORE: &str = "\
    primary secondary native customer client person patient contact user member guest buyer employee student \
    voter applicant subscriber home work private personal business billing shipping delivery mailing postal \
    residential current permanent legal main other alternate alternative addr address preferred my the l r";

/// Words after it that say the same.
pub(super) const AFTER: &str = "\
    number no nr num value text raw clean cleaned std standardised standardized normalised normalized \
    original fake primary home work column field l r";

/// Headers that would be taken for something else word by word: names of logins and of files.
pub(super) const UNKNOWN: &str = "username filename hostname domainname addressname othername";
