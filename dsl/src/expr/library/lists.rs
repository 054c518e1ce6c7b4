//! Functions on lists. Each leaves its list as it is and gives a new one.

use std::cmp::Ordering;

use rhai::{Array, Dynamic, Engine, INT, ImmutableString, Map};

use super::{
    Answer, FunctionDoc, Group,
    core::{equal, merge_sort, number},
    pure,
};
use crate::{
    catalog::Words,
    expr::{TEXT_BYTES_MAX, budget::charge, convert},
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
        group: Group::Lists,
        doc,
        example,
        gives,
    }
}

pub(super) const DOCS: &[FunctionDoc] = &[
    doc(
        "len",
        &["list"],
        "[1, 2].len()",
        "2",
        Words {
            es: "Cuántos elementos tiene una lista, o letras un texto.",
            en: "How many elements a list has, or letters a text.",
            pt: "Quantos elementos tem uma lista, ou letras um texto.",
        },
    ),
    doc(
        "first",
        &["list"],
        "first([3, 4])",
        "3",
        Words {
            es: "El primer elemento; `()` si no hay ninguno.",
            en: "The first element; `()` when there is none.",
            pt: "O primeiro elemento; `()` se não houver nenhum.",
        },
    ),
    doc(
        "last",
        &["list"],
        "last([3, 4])",
        "4",
        Words {
            es: "El último elemento; `()` si no hay ninguno.",
            en: "The last element; `()` when there is none.",
            pt: "O último elemento; `()` se não houver nenhum.",
        },
    ),
    doc(
        "limit",
        &["list", "count"],
        "limit([1, 2, 3], 2)",
        "[1,2]",
        Words {
            es: "Como mucho los primeros `count` elementos.",
            en: "At most the first `count` elements.",
            pt: "No máximo os primeiros `count` elementos.",
        },
    ),
    doc(
        "sum",
        &["list", "field?"],
        r#"sum([#{ qty: 2 }, #{ qty: 3 }], "qty")"#,
        "5",
        Words {
            es: "La suma de los números, o de un campo de cada elemento; lo que falta no suma.",
            en: "The sum of the numbers, or of a field of each element; what is missing adds nothing.",
            pt: "A soma dos números, ou de um campo de cada elemento; o que falta não soma.",
        },
    ),
    doc(
        "min",
        &["list"],
        "min([3, 1, 2])",
        "1",
        Words {
            es: "El menor de los números o textos; `()` si no hay ninguno.",
            en: "The least of the numbers or texts; `()` when there is none.",
            pt: "O menor dos números ou textos; `()` se não houver nenhum.",
        },
    ),
    doc(
        "max",
        &["list"],
        "max([3, 1, 2])",
        "3",
        Words {
            es: "El mayor de los números o textos; `()` si no hay ninguno.",
            en: "The greatest of the numbers or texts; `()` when there is none.",
            pt: "O maior dos números ou textos; `()` se não houver nenhum.",
        },
    ),
    doc(
        "pluck",
        &["list", "field"],
        r#"pluck([#{ sku: "A" }, #{ sku: "B" }], "sku")"#,
        r#"["A","B"]"#,
        Words {
            es: "Un campo de cada elemento.",
            en: "One field of each element.",
            pt: "Um campo de cada elemento.",
        },
    ),
    doc(
        "join",
        &["list", "between"],
        r#"join(["a", "b"], ", ")"#,
        r#""a, b""#,
        Words {
            es: "Los elementos en un solo texto.",
            en: "The elements as one text.",
            pt: "Os elementos em um só texto.",
        },
    ),
    doc(
        "sort_by",
        &["list", "field"],
        r#"sort_by([#{ n: 2 }, #{ n: 1 }], "n")[0].n"#,
        "1",
        Words {
            es: "Los elementos ordenados por un campo, de menor a mayor; lo que falta va al final.",
            en: "The elements in order of a field, least first; what is missing comes last.",
            pt: "Os elementos ordenados por um campo, do menor ao maior; o que falta vai ao final.",
        },
    ),
    doc(
        "sorted",
        &["list"],
        "sorted([3, 1, 2])",
        "[1,2,3]",
        Words {
            es: "Los números o textos en orden.",
            en: "The numbers or texts in order.",
            pt: "Os números ou textos em ordem.",
        },
    ),
    doc(
        "reversed",
        &["list"],
        "reversed([1, 2])",
        "[2,1]",
        Words {
            es: "Los elementos del último al primero.",
            en: "The elements from last to first.",
            pt: "Os elementos do último ao primeiro.",
        },
    ),
    doc(
        "unique",
        &["list", "field?"],
        "unique([1, 2, 1])",
        "[1,2]",
        Words {
            es: "Cada elemento una vez; con `field`, el primero de cada valor del campo.",
            en: "Each element once; with `field`, the first of each value of the field.",
            pt: "Cada elemento uma vez; com `field`, o primeiro de cada valor do campo.",
        },
    ),
    doc(
        "contains",
        &["list", "value"],
        r#"["a", "b"].contains("b")"#,
        "true",
        Words {
            es: "Si la lista tiene el valor, el texto la parte, o el objeto el campo.",
            en: "Whether the list has the value, the text the part, or the object the field.",
            pt: "Se a lista tem o valor, o texto a parte, ou o objeto o campo.",
        },
    ),
    doc(
        "filter",
        &["list", "condition"],
        "[1, 2, 3].filter(|n| n > 1)",
        "[2,3]",
        Words {
            es: "Los elementos que cumplen la condición.",
            en: "The elements for which the condition holds.",
            pt: "Os elementos que cumprem a condição.",
        },
    ),
    doc(
        "map",
        &["list", "function"],
        "[1, 2].map(|n| n * 10)",
        "[10,20]",
        Words {
            es: "Lo que da la función para cada elemento.",
            en: "What the function gives for each element.",
            pt: "O que a função dá para cada elemento.",
        },
    ),
    doc(
        "some",
        &["list", "condition"],
        "[1, 2].some(|n| n > 1)",
        "true",
        Words {
            es: "Si algún elemento cumple la condición.",
            en: "Whether the condition holds for any element.",
            pt: "Se algum elemento cumpre a condição.",
        },
    ),
    doc(
        "all",
        &["list", "condition"],
        "[1, 2].all(|n| n > 1)",
        "false",
        Words {
            es: "Si todos los elementos cumplen la condición.",
            en: "Whether the condition holds for all elements.",
            pt: "Se todos os elementos cumprem a condição.",
        },
    ),
    doc(
        "find",
        &["list", "condition"],
        "[1, 2, 3].find(|n| n > 1)",
        "2",
        Words {
            es: "El primer elemento que cumple la condición; `()` si ninguno.",
            en: "The first element for which the condition holds; `()` when there is none.",
            pt: "O primeiro elemento que cumpre a condição; `()` se nenhum.",
        },
    ),
    doc(
        "keys",
        &["object"],
        r#"keys(#{ a: 1, b: 2 })"#,
        r#"["a","b"]"#,
        Words {
            es: "Los nombres de los campos de un objeto.",
            en: "The names of an object's fields.",
            pt: "Os nomes dos campos de um objeto.",
        },
    ),
    doc(
        "values",
        &["object"],
        "values(#{ a: 1, b: 2 })",
        "[1,2]",
        Words {
            es: "Los valores de los campos de un objeto.",
            en: "The values of an object's fields.",
            pt: "Os valores dos campos de um objeto.",
        },
    ),
];

pub(super) fn register(engine: &mut Engine) {
    pure(engine, "first", |list: &mut Array| {
        list.first().cloned().unwrap_or(Dynamic::UNIT)
    });
    pure(engine, "last", |list: &mut Array| {
        list.last().cloned().unwrap_or(Dynamic::UNIT)
    });
    engine.register_fn("first", |_: ()| ());
    engine.register_fn("last", |_: ()| ());
    pure(engine, "limit", |list: &mut Array, count: INT| -> Array {
        list.iter()
            .take(usize::try_from(count).unwrap_or(0))
            .cloned()
            .collect()
    });
    pure(engine, "sum", |list: &mut Array| sum(list.iter().cloned()));
    pure(engine, "sum", |list: &mut Array, name: &str| {
        sum(list.iter().map(|item| field(item, name)))
    });
    pure(engine, "min", |list: &mut Array| {
        extreme(list, Ordering::Less)
    });
    pure(engine, "max", |list: &mut Array| {
        extreme(list, Ordering::Greater)
    });
    pure(
        engine,
        "pluck",
        |list: &mut Array, name: &str| -> Answer<Array> {
            charge(list.len())?;
            Ok(list.iter().map(|item| field(item, name)).collect())
        },
    );
    pure(engine, "join", |list: &mut Array, between: &str| {
        join(list, between)
    });
    pure(engine, "sort_by", |list: &mut Array, name: &str| {
        sorted(list, |item| field(item, name))
    });
    pure(engine, "sorted", |list: &mut Array| {
        sorted(list, Dynamic::clone)
    });
    // Rhai's own fail or panic on elements of different kinds.
    pure(engine, "order", |list: &mut Array| {
        sorted(list, Dynamic::clone)
    });
    engine.register_fn("sort", |list: &mut Array| -> Answer<()> {
        *list = sorted(list, Dynamic::clone)?;
        Ok(())
    });
    pure(engine, "reversed", |list: &mut Array| -> Array {
        list.iter().rev().cloned().collect()
    });
    pure(engine, "unique", |list: &mut Array| {
        unique(list, Dynamic::clone)
    });
    pure(engine, "unique", |list: &mut Array, name: &str| {
        unique(list, |item| field(item, name))
    });
}

/// A field of an element; nothing when it has none.
fn field(item: &Dynamic, name: &str) -> Dynamic {
    item.read_lock::<Map>()
        .and_then(|fields| fields.get(name).cloned())
        .unwrap_or(Dynamic::UNIT)
}

fn sum_too_large() -> Fault {
    Fault::new(
        say!(
            "la suma es demasiado grande para un número entero",
            "the sum is too large for a whole number",
            "a soma é grande demais para um número inteiro",
        ),
        say!(
            "usá antes to_float",
            "use to_float first",
            "use antes to_float",
        ),
    )
}

fn sum(items: impl Iterator<Item = Dynamic>) -> Answer<Dynamic> {
    let mut whole = Some(0_i64);
    let mut float = 0_f64;
    for item in items {
        charge(1)?;
        if item.is_unit() {
            continue;
        }
        let Some((int, worth)) = number(&item) else {
            return Err(Fault::new(
                say!(
                    "sum suma números y encontró {found}",
                    "sum adds numbers and found {found}",
                    "sum soma números e encontrou {found}",
                ),
                say!(
                    "convertí antes los elementos, como en list.map(|x| to_float(x))",
                    "convert the elements first, as in list.map(|x| to_float(x))",
                    "converta antes os elementos, como em list.map(|x| to_float(x))",
                ),
            )
            .with_words("found", convert::type_of(item.type_name()))
            .into());
        };
        float += worth;
        whole = match (whole, int) {
            (Some(total), Some(int)) => Some(total.checked_add(int).ok_or_else(sum_too_large)?),
            _ => None,
        };
    }
    Ok(whole.map_or(Dynamic::from_float(float), Dynamic::from_int))
}

/// Numbers and texts have an order, what is missing comes last; other things have none.
fn order(a: &Dynamic, b: &Dynamic) -> Answer<Ordering> {
    charge(1)?;
    match (a.is_unit(), b.is_unit()) {
        (true, true) => return Ok(Ordering::Equal),
        (true, false) => return Ok(Ordering::Greater),
        (false, true) => return Ok(Ordering::Less),
        (false, false) => {}
    }
    if let (Some(a), Some(b)) = (number(a), number(b)) {
        return Ok(match (a.0, b.0) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => a.1.total_cmp(&b.1),
        });
    }
    if let (Ok(a), Ok(b)) = (a.as_immutable_string_ref(), b.as_immutable_string_ref()) {
        return Ok(a.as_str().cmp(b.as_str()));
    }
    if let (Ok(a), Ok(b)) = (a.as_bool(), b.as_bool()) {
        return Ok(a.cmp(&b));
    }
    Err(Fault::new(
        say!(
            "{one} y {other} no tienen un orden entre sí",
            "{one} and {other} have no order between them",
            "{one} e {other} não têm uma ordem entre si",
        ),
        say!(
            "ordená números con números o textos con textos",
            "order numbers with numbers or texts with texts",
            "ordene números com números ou textos com textos",
        ),
    )
    .with_words("one", convert::type_of(a.type_name()))
    .with_words("other", convert::type_of(b.type_name()))
    .into())
}

fn extreme(list: &Array, wanted: Ordering) -> Answer<Dynamic> {
    let mut best = Dynamic::UNIT;
    for item in list.iter().filter(|item| !item.is_unit()) {
        if best.is_unit() || order(item, &best)? == wanted {
            best = item.clone();
        }
    }
    Ok(best)
}

fn sorted(list: &Array, key: impl Fn(&Dynamic) -> Dynamic) -> Answer<Array> {
    charge(list.len())?;
    let keyed: Vec<(Dynamic, &Dynamic)> = list.iter().map(|item| (key(item), item)).collect();
    let keyed = merge_sort(keyed, &mut |(a, _), (b, _)| order(a, b))?;
    Ok(keyed.into_iter().map(|(_, item)| item.clone()).collect())
}

fn unique(list: &Array, key: impl Fn(&Dynamic) -> Dynamic) -> Answer<Array> {
    let mut seen: Vec<Dynamic> = Vec::new();
    let mut kept = Array::new();
    for item in list {
        let key = key(item);
        let mut known = false;
        for other in &seen {
            if equal(other, &key)? {
                known = true;
                break;
            }
        }
        if !known {
            seen.push(key);
            kept.push(item.clone());
        }
    }
    Ok(kept)
}

fn join(list: &Array, between: &str) -> Answer<ImmutableString> {
    let mut text = String::new();
    for (index, item) in list.iter().enumerate() {
        charge(1)?;
        if index > 0 {
            text.push_str(between);
        }
        text.push_str(&convert::to_text(item)?);
        if text.len() > TEXT_BYTES_MAX {
            return Err(Fault::new(
                say!(
                    "join haría un texto demasiado grande",
                    "join would make too large a text",
                    "join faria um texto grande demais",
                ),
                say!(
                    "uní menos elementos",
                    "join fewer elements",
                    "junte menos elementos",
                ),
            )
            .into());
        }
    }
    Ok(text.into())
}
