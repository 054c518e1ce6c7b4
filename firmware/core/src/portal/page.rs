//! The form, as it is shown by whatever small browser a phone opens for a captive page.

use alloc::{format, string::String};

use crate::setup::{FIELDS, Field};

/// The form, with what was wrong with the last answers, as a whole HTTP answer.
#[must_use]
pub fn form(node: &str, problem: Option<&str>) -> String {
    let problem = problem.map_or_else(String::new, |problem| {
        format!("<p class=e role=alert>{}</p>", escape(problem))
    });
    let fields: String = FIELDS.iter().map(|field| input(*field)).collect();
    answer(&format!(
        "<h1>Operandi {}</h1>{problem}<form method=post>{fields}<button>Guardar / Save / Salvar</button></form>",
        escape(node)
    ))
}

/// The page after everything was kept.
#[must_use]
pub fn saved(node: &str) -> String {
    answer(&format!(
        "<h1>Operandi {}</h1><p>Guardado. El nodo se conecta; esta red desaparece.</p>\
         <p lang=en>Saved. The node connects; this network goes away.</p>\
         <p lang=pt>Salvo. O nó se conecta; esta rede desaparece.</p>",
        escape(node)
    ))
}

fn input(field: Field) -> String {
    let (label, kind) = match field {
        Field::Ssid => ("Red Wi-Fi / Wi-Fi network / Rede Wi-Fi", "text"),
        Field::Passphrase => (
            "Clave del Wi-Fi / Wi-Fi password / Senha do Wi-Fi",
            "password",
        ),
        Field::Server => ("Servidor / Server / Servidor (http://…)", "text"),
        Field::Code => ("Código / Code / Código", "text"),
    };
    let key = field.key();
    format!(
        "<label>{label}<input name={key} type={kind} autocapitalize=off autocomplete=off></label>"
    )
}

fn answer(body: &str) -> String {
    let page = format!(
        "<!doctype html><html lang=es><meta charset=utf-8>\
         <meta name=viewport content='width=device-width'><title>Operandi</title>\
         <style>body{{font:16px sans-serif;margin:1em auto;max-width:24em;padding:0 1em}}\
         input,button{{box-sizing:border-box;font:inherit;margin:.3em 0 1em;padding:.5em;width:100%}}\
         .e{{color:#b00}}</style>{body}</html>"
    );
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{page}",
        page.len()
    )
}

fn escape(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '<' => "&lt;".into(),
            '>' => "&gt;".into(),
            '&' => "&amp;".into(),
            '\'' | '"' => "&quot;".into(),
            other => String::from(other),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Answer;

    #[test]
    fn every_question_is_asked_and_nothing_is_let_into_the_markup() {
        let page = form("34851800abcd", Some("<script>"));
        for field in FIELDS {
            assert!(page.contains(&format!("name={} ", field.key())));
        }
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script>"));
        assert!(!form("x", None).contains("role=alert"));
    }

    #[test]
    fn pages_are_whole_http_answers() {
        for page in [form("x", None), saved("x")] {
            let answer = Answer::parse(page.as_bytes()).unwrap().unwrap();
            assert_eq!(answer.status, 200);
            assert_eq!(answer.head + answer.length as usize, page.len());
        }
    }
}
