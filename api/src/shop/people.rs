//! Who comes to the shop, and what it sells.

use rand::{RngExt as _, rngs::StdRng};

/// A person. Phones are of a range that is never given out, or so long that no network routes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub id: u64,
    pub first_name: &'static str,
    pub last_name: &'static str,
    pub phone: String,
    pub email: String,
    /// Agreed to hear from the shop.
    pub accepts_marketing: bool,
}

/// Something in a cart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub product: u64,
    pub sku: &'static str,
    pub title: &'static str,
    pub cents: i64,
    pub quantity: u32,
}

const FIRST: [&str; 16] = [
    "Ana", "Bruno", "Camila", "Diego", "Elena", "Facundo", "Gabriela", "Hernán", "Inés", "Joaquín",
    "Karina", "Lucas", "Martina", "Nicolás", "Paula", "Tomás",
];
const LAST: [&str; 12] = [
    "Acosta",
    "Benítez",
    "Castro",
    "Domínguez",
    "Fernández",
    "Gómez",
    "Herrera",
    "Luna",
    "Molina",
    "Pereyra",
    "Ríos",
    "Sosa",
];
/// Code, name and price in pesos.
const SHELF: [(&str, &str, i64); 8] = [
    ("REM-01", "Remera lisa", 18_900),
    ("BUZ-02", "Buzo canguro", 42_500),
    ("JEA-03", "Jean recto", 56_000),
    ("CAM-04", "Campera rompeviento", 89_900),
    ("ZAP-05", "Zapatillas urbanas", 98_000),
    ("GOR-06", "Gorra bordada", 14_500),
    ("MED-07", "Pack de medias", 9_800),
    ("VES-08", "Vestido midi", 64_900),
];

/// How many of a hundred agree to hear from the shop.
const AGREEING: u32 = 90;

/// The `number`-th person.
pub(super) fn person(number: u64, dice: &mut StdRng) -> Person {
    let first_name = FIRST[dice.random_range(0..FIRST.len())];
    let last_name = LAST[dice.random_range(0..LAST.len())];
    Person {
        id: 7_000_000 + number,
        first_name,
        last_name,
        phone: format!("+54911{:08}", 40_000_000 + number % 10_000_000),
        email: format!("{}{number}@example.com", plain(first_name)),
        accepts_marketing: dice.random_range(0..100) < AGREEING,
    }
}

/// Something from the shelf.
pub(super) fn item(dice: &mut StdRng) -> Item {
    let place = dice.random_range(0..SHELF.len());
    let (sku, title, pesos) = SHELF[place];
    Item {
        product: 1_000 + place as u64,
        sku,
        title,
        cents: pesos * 100,
        quantity: dice.random_range(1..=2),
    }
}

/// A name as an address may hold it.
fn plain(name: &str) -> String {
    name.to_lowercase()
        .chars()
        .map(|letter| match letter {
            'á' => 'a',
            'é' => 'e',
            'í' => 'i',
            'ó' => 'o',
            'ú' => 'u',
            'ñ' => 'n',
            other => other,
        })
        .collect()
}
