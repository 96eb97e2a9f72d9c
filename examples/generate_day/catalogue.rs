//! The sixty products of the shop, with one price each in euro cents.

use crate::json::Json;

/// One product.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Product {
    /// Its place in the catalogue, 0 to 59.
    pub(crate) number: usize,
    /// What it is called.
    pub(crate) name: &'static str,
    /// Where it stands in the shop.
    pub(crate) category: &'static str,
    /// Price in euro cents.
    pub(crate) minor: i64,
}

impl Product {
    /// Its stock keeping unit, `SKU-1001` to `SKU-1060`.
    pub(crate) fn sku(&self) -> String {
        format!("SKU-{}", 1001 + self.number)
    }
}

/// How many products there are.
pub(crate) const PRODUCTS: usize = 60;

const CATEGORIES: [&str; 10] = [
    "Nowruz table",
    "Tea and sweets",
    "Kitchen",
    "Textiles",
    "Lighting",
    "Sound",
    "Phones",
    "Books and paper",
    "Care",
    "Garden and games",
];

const NAMES: [(&str, i64); PRODUCTS] = [
    ("Haft-sin set, turquoise", 4_990),
    ("Haft-sin set, copper", 7_450),
    ("Hyacinth in a glass", 890),
    ("Mirror and candle pair", 3_200),
    ("Goldfish bowl, empty", 1_450),
    ("Painted wooden eggs, six", 1_190),
    ("Saffron, 4.6 g", 2_795),
    ("Black tea, Lahijan, 500 g", 1_250),
    ("Pistachios, salted, 1 kg", 2_490),
    ("Date selection box", 1_680),
    ("Nougat with pistachio", 950),
    ("Rose syrup, 750 ml", 725),
    ("Samovar, electric, 3 l", 12_900),
    ("Tea glasses, set of six", 1_899),
    ("Rice cooker with crust setting", 8_990),
    ("Copper pan, 24 cm", 6_450),
    ("Mortar, brass", 3_975),
    ("Coffee pot, long handle", 2_150),
    ("Kilim, 80 x 120 cm", 14_900),
    ("Wool rug, 160 x 230 cm", 58_900),
    ("Block-print table cloth", 4_250),
    ("Cashmere scarf", 7_990),
    ("Cotton bath towel, white", 1_599),
    ("Cushion cover, paisley", 1_290),
    ("Desk lamp, brass", 5_490),
    ("Lantern, pierced metal", 3_490),
    ("Light chain, 10 m", 1_999),
    ("Floor lamp, oak", 12_450),
    ("Night light, moon", 1_750),
    ("Candle, beeswax, three", 1_120),
    ("Headphones, over-ear", 14_999),
    ("Earbuds, wireless", 7_999),
    ("Speaker for the shower", 3_999),
    ("Radio with alarm", 4_450),
    ("Santur for beginners", 23_900),
    ("Frame drum, 50 cm", 8_450),
    ("Phone case, clear", 1_490),
    ("Charger, 65 W", 3_990),
    ("Charging cable, 2 m", 1_295),
    ("Power bank, 10,000 mAh", 2_999),
    ("Screen glass, two", 1_099),
    ("Phone stand, walnut", 2_250),
    ("Divan of Hafez, two languages", 2_800),
    ("Calligraphy pens, reed", 1_650),
    ("Notebook, marbled", 990),
    ("Wall calendar 1405", 1_390),
    ("Gift wrap, five sheets", 495),
    ("Greeting cards, ten", 799),
    ("Rose water, 500 ml", 849),
    ("Olive oil soap, four", 1_050),
    ("Shaving set", 5_250),
    ("Hair dryer, foldable", 3_890),
    ("Hand cream, almond", 690),
    ("Perfume, oud, 50 ml", 8_900),
    ("Herb seeds, nine kinds", 650),
    ("Watering can, 5 l", 1_799),
    ("Backgammon board, inlaid", 9_900),
    ("Chess set, travel", 2_450),
    ("Kite, dragon", 1_350),
    ("Picnic blanket, waterproof", 2_790),
];

/// The product with the given number, counted round.
#[expect(clippy::indexing_slicing, reason = "remainders of the table lengths")]
pub(crate) fn product(number: usize) -> Product {
    let number = number % PRODUCTS;
    let (name, minor) = NAMES[number];
    Product { number, name, category: CATEGORIES[number / 6 % CATEGORIES.len()], minor }
}

/// The price book that goes with the day: one line per product.
pub(crate) fn price_book() -> String {
    let mut text = String::from("[\n");
    for number in 0..PRODUCTS {
        let product = product(number);
        let mut json = Json::default();
        json.object("", |json| {
            json.text("product", &product.sku());
            json.text("name", product.name);
            json.raw("minor", product.minor);
            json.text("currency", "EUR");
        });
        text.push_str("  ");
        text.push_str(json.as_str());
        text.push_str(if number + 1 == PRODUCTS { "\n" } else { ",\n" });
    }
    text.push_str("]\n");
    text
}
