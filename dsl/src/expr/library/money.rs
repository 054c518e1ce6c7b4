//! Money: `#{ amount, currency }`, the amount a whole number of the currency's smallest unit.

use rhai::{Dynamic, Engine, INT, Map};

use super::{Answer, FunctionDoc, Group, core::number, values::whole};
use crate::{
    catalog::Words,
    expr::convert,
    phrase::{Fault, say},
};

const fn doc(
    name: &'static str,
    args: &'static [&'static str],
    example: &'static str,
    gives: &'static str,
    doc: Words,
) -> FunctionDoc {
    FunctionDoc {
        name,
        args,
        group: Group::Money,
        doc,
        example,
        gives,
    }
}

pub(super) const DOCS: &[FunctionDoc] = &[
    doc(
        "money",
        &["amount", "currency"],
        r#"money(1999, "ARS")"#,
        r#"{"amount":1999,"currency":"ARS"}"#,
        Words {
            es: "Un importe en la unidad menor (centavos) con su moneda.",
            en: "An amount in the smallest unit (cents) with its currency.",
            pt: "Um valor na menor unidade (centavos) com sua moeda.",
        },
    ),
    doc(
        "parse_money",
        &["text", "currency"],
        r#"parse_money("1999.50", "ARS")"#,
        r#"{"amount":199950,"currency":"ARS"}"#,
        Words {
            es: "Un importe desde un número o un texto con punto decimal, como lo escriben las tiendas.",
            en: "An amount from a number or a text with a decimal dot, as shops write it.",
            pt: "Um valor de um número ou de um texto com ponto decimal, como as lojas escrevem.",
        },
    ),
    doc(
        "format_money",
        &["money", "locale"],
        r#"format_money(money(199950, "ARS"), "es-AR")"#,
        r#""$ 1.999,50""#,
        Words {
            es: "El importe como se lee en un país: es-AR, es-CL, es-MX, pt-BR, en-US…",
            en: "The amount as a country reads it: es-AR, es-CL, es-MX, pt-BR, en-US…",
            pt: "O valor como se lê em um país: es-AR, es-CL, es-MX, pt-BR, en-US…",
        },
    ),
    doc(
        "money_add",
        &["a", "b"],
        r#"money_add(money(100, "CLP"), money(50, "CLP")).amount"#,
        "150",
        Words {
            es: "La suma de dos importes de la misma moneda.",
            en: "The sum of two amounts of one currency.",
            pt: "A soma de dois valores da mesma moeda.",
        },
    ),
    doc(
        "money_sub",
        &["a", "b"],
        r#"money_sub(money(100, "CLP"), money(30, "CLP")).amount"#,
        "70",
        Words {
            es: "La diferencia de dos importes de la misma moneda.",
            en: "The difference of two amounts of one currency.",
            pt: "A diferença de dois valores da mesma moeda.",
        },
    ),
    doc(
        "money_times",
        &["money", "factor"],
        r#"money_times(money(999, "BRL"), 3).amount"#,
        "2997",
        Words {
            es: "El importe multiplicado; la mitad de un centavo redondea hacia arriba.",
            en: "The amount multiplied; half a cent rounds up.",
            pt: "O valor multiplicado; meio centavo arredonda para cima.",
        },
    ),
    doc(
        "percent",
        &["amount", "percent"],
        r#"percent(money(1995, "ARS"), 10).amount"#,
        "200",
        Words {
            es: "Ese porcentaje de un importe o de un número entero; la mitad redondea hacia arriba.",
            en: "So many percent of an amount or a whole number; half rounds up.",
            pt: "Essa porcentagem de um valor ou de um número inteiro; a metade arredonda para cima.",
        },
    ),
];

pub(super) fn register(engine: &mut Engine) {
    engine.register_fn("money", |amount: INT, currency: &str| {
        money(amount, currency)
    });
    engine.register_fn("parse_money", parse_money);
    engine.register_fn(
        "format_money",
        |money: Map, locale: &str| -> Answer<String> {
            let (amount, currency) = parts(&money)?;
            Ok(format(amount, &currency, locale))
        },
    );
    engine.register_fn(
        "format_money",
        |amount: INT, currency: &str, locale: &str| -> Answer<String> {
            Ok(format(amount, &code(currency)?, locale))
        },
    );
    engine.register_fn("money_add", |a: Map, b: Map| {
        combine(&a, &b, INT::checked_add)
    });
    engine.register_fn("money_sub", |a: Map, b: Map| {
        combine(&a, &b, INT::checked_sub)
    });
    engine.register_fn(
        "money_times",
        |money: Map, factor: Dynamic| -> Answer<Map> {
            let (amount, currency) = parts(&money)?;
            self::money(scaled(amount, &factor, 1)?, &currency)
        },
    );
    engine.register_fn("percent", |money: Map, percent: Dynamic| -> Answer<Map> {
        let (amount, currency) = parts(&money)?;
        self::money(scaled(amount, &percent, 100)?, &currency)
    });
    engine.register_fn("percent", |amount: INT, percent: Dynamic| {
        scaled(amount, &percent, 100)
    });
}

fn code(currency: &str) -> Answer<String> {
    let code = currency.trim().to_uppercase();
    if code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_uppercase()) {
        return Ok(code);
    }
    Err(Fault::new(
        say!(
            "`{currency}` no es una moneda",
            "`{currency}` is not a currency",
            "`{currency}` não é uma moeda",
        ),
        say!(
            "escribí sus tres letras, como ARS",
            "write its three letters, such as ARS",
            "escreva as suas três letras, como ARS",
        ),
    )
    .with("currency", currency)
    .into())
}

fn money(amount: INT, currency: &str) -> Answer<Map> {
    Ok(Map::from([
        ("amount".into(), Dynamic::from_int(amount)),
        ("currency".into(), Dynamic::from(code(currency)?)),
    ]))
}

fn parts(money: &Map) -> Answer<(INT, String)> {
    let amount = money.get("amount").and_then(|amount| amount.as_int().ok());
    let currency = money.get("currency").and_then(|currency| {
        currency
            .as_immutable_string_ref()
            .ok()
            .map(|c| c.to_string())
    });
    match (amount, currency) {
        (Some(amount), Some(currency)) => Ok((amount, code(&currency)?)),
        _ => Err(Fault::new(
            say!(
                "esto no es dinero",
                "this is not money",
                "isto não é dinheiro",
            ),
            say!(
                "hacelo con money(1999, \"ARS\"), con un importe entero",
                "make it with money(1999, \"ARS\"), the amount a whole number",
                "faça-o com money(1999, \"ARS\"), com um valor inteiro",
            ),
        )
        .into()),
    }
}

fn too_large() -> Fault {
    Fault::new(
        say!(
            "el importe es demasiado grande",
            "the amount is too large",
            "o valor é grande demais",
        ),
        say!(
            "revisá los números",
            "check the numbers",
            "verifique os números",
        ),
    )
}

fn combine(a: &Map, b: &Map, operation: fn(INT, INT) -> Option<INT>) -> Answer<Map> {
    let ((left, currency), (right, other)) = (parts(a)?, parts(b)?);
    if currency != other {
        return Err(Fault::new(
            say!(
                "{one} y {other} no se pueden juntar",
                "{one} and {other} cannot be put together",
                "{one} e {other} não podem ser juntados",
            ),
            say!(
                "convertí antes una de las dos",
                "convert one of them first",
                "converta antes uma das duas",
            ),
        )
        .with("one", currency)
        .with("other", other)
        .into());
    }
    money(operation(left, right).ok_or_else(too_large)?, &currency)
}

/// `amount * factor / divisor`, half away from zero. A whole factor is computed exactly.
fn scaled(amount: INT, factor: &Dynamic, divisor: i64) -> Answer<INT> {
    match number(factor) {
        Some((Some(int), _)) => {
            let product = i128::from(amount) * i128::from(int);
            let divisor = i128::from(divisor);
            let rounded = (product.abs() + divisor / 2) / divisor * product.signum();
            INT::try_from(rounded).map_err(|_| too_large().into())
        }
        Some((None, float)) => whole((amount as f64 * float / divisor as f64).round()),
        None => Err(Fault::new(
            say!(
                "el factor es {found}",
                "the factor is {found}",
                "o fator é {found}",
            ),
            say!(
                "dale un número, como 10 o 1.5",
                "give a number such as 10 or 1.5",
                "dê um número, como 10 ou 1.5",
            ),
        )
        .with_words("found", convert::type_of(factor.type_name()))
        .into()),
    }
}

/// How many decimals a currency has (ISO 4217).
fn decimals(currency: &str) -> usize {
    match currency {
        "CLP" | "PYG" | "JPY" | "KRW" | "VND" | "ISK" | "UGX" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

fn parse_money(value: Dynamic, currency: &str) -> Answer<Map> {
    let currency = code(currency)?;
    let text = convert::to_text(&value)?;
    let text = text.trim();
    let wrong = || {
        Fault::new(
            say!(
                "`{text}` no es un importe",
                "`{text}` is not an amount",
                "`{text}` não é um valor",
            ),
            say!(
                "escribí dígitos con punto decimal, como 1999.50",
                "write digits with a decimal dot, such as 1999.50",
                "escreva dígitos com ponto decimal, como 1999.50",
            ),
        )
        .with("text", text)
    };
    let (negative, digits) = text
        .strip_prefix('-')
        .map_or((false, text), |digits| (true, digits));
    let (units, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if units.is_empty()
        || !units
            .bytes()
            .chain(fraction.bytes())
            .all(|digit| digit.is_ascii_digit())
    {
        return Err(wrong().into());
    }
    let places = decimals(&currency);
    let mut minor = format!(
        "{units}{:0<places$}",
        &fraction[..fraction.len().min(places)]
    )
    .parse::<INT>()
    .map_err(|_| wrong())?;
    // What is finer than the smallest unit rounds half up.
    if fraction
        .as_bytes()
        .get(places)
        .is_some_and(|digit| *digit >= b'5')
    {
        minor = minor.saturating_add(1);
    }
    money(if negative { -minor } else { minor }, &currency)
}

/// How a country writes amounts.
struct Style {
    home: &'static str,
    symbol: &'static str,
    /// Whether a space stands between symbol and digits.
    space: bool,
    after: bool,
    group: char,
    point: char,
}

fn style(locale: &str) -> Style {
    let of = |home, symbol, space, group, point| Style {
        home,
        symbol,
        space,
        after: false,
        group,
        point,
    };
    let locale = locale.trim().replace('_', "-").to_lowercase();
    match locale.as_str() {
        "es-ar" | "es" => of("ARS", "$", true, '.', ','),
        "es-uy" => of("UYU", "$", true, '.', ','),
        "es-co" => of("COP", "$", true, '.', ','),
        "es-cl" => of("CLP", "$", false, '.', ','),
        "es-ec" => of("USD", "$", false, '.', ','),
        "es-mx" => of("MXN", "$", false, ',', '.'),
        "es-pe" => of("PEN", "S/", true, ',', '.'),
        "es-bo" => of("BOB", "Bs", true, '.', ','),
        "es-py" => of("PYG", "Gs.", true, '.', ','),
        "es-es" => Style {
            after: true,
            ..of("EUR", "€", true, '.', ',')
        },
        "pt-br" | "pt" => of("BRL", "R$", true, '.', ','),
        "pt-pt" => Style {
            after: true,
            ..of("EUR", "€", true, '.', ',')
        },
        "en-gb" => of("GBP", "£", false, ',', '.'),
        _ => of("USD", "$", false, ',', '.'),
    }
}

fn format(amount: INT, currency: &str, locale: &str) -> String {
    let style = style(locale);
    let places = decimals(currency);
    let digits = format!("{:0>width$}", amount.unsigned_abs(), width = places + 1);
    let (units, fraction) = digits.split_at(digits.len() - places);
    let mut grouped = String::new();
    for (index, digit) in units.chars().enumerate() {
        if index > 0 && (units.len() - index) % 3 == 0 {
            grouped.push(style.group);
        }
        grouped.push(digit);
    }
    if places > 0 {
        grouped.push(style.point);
        grouped.push_str(fraction);
    }
    let home = currency == style.home;
    let symbol = match currency {
        _ if home => style.symbol,
        "USD" => "US$",
        "EUR" => "€",
        "BRL" => "R$",
        other => other,
    };
    let space = if style.space || !home { " " } else { "" };
    let sign = if amount < 0 { "-" } else { "" };
    if style.after {
        format!("{sign}{grouped}{space}{symbol}")
    } else {
        format!("{sign}{symbol}{space}{grouped}")
    }
}
