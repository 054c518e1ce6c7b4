//! Which known names come near a wrong one.

/// How many names a hint offers.
const NAMES_MAX: usize = 3;
/// A longer name is not compared: it is no misspelling of anything.
const NAME_CHARS_MAX: usize = 80;

/// The known names nearest to `meant`, best first; none when none is near.
pub(crate) fn near<'a>(meant: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let wanted: Vec<char> = meant.to_lowercase().chars().collect();
    if wanted.is_empty() || wanted.len() > NAME_CHARS_MAX {
        return Vec::new();
    }
    let allowed = (wanted.len() / 3).clamp(1, 4);
    let mut found: Vec<(usize, &str)> = known
        .into_iter()
        .filter_map(|name| {
            let letters: Vec<char> = name.to_lowercase().chars().collect();
            let apart = if same_ending(meant, name) {
                1
            } else {
                distance(&wanted, &letters)
            };
            (apart <= allowed).then_some((apart, name))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
        .into_iter()
        .take(NAMES_MAX)
        .map(|(_, name)| name.to_owned())
        .collect()
}

/// `send_template` comes near `whatsapp.send_template`: only the part before the dot is missing.
fn same_ending(meant: &str, name: &str) -> bool {
    let ending = |text: &str| text.rsplit_once('.').map(|(_, ending)| ending.to_owned());
    ending(name).is_some_and(|last| last == meant)
}

/// Edits from one to the other, where swapping two neighbours is one edit.
fn distance(from: &[char], to: &[char]) -> usize {
    if from.len().abs_diff(to.len()) > 4 {
        return usize::MAX;
    }
    let width = to.len() + 1;
    let mut before_last = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    for (i, a) in from.iter().enumerate() {
        let mut row = vec![i + 1; width];
        for (j, b) in to.iter().enumerate() {
            let swap = usize::from(a != b);
            row[j + 1] = (last[j] + swap).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == to[j - 1] && from[i - 1] == *b {
                row[j + 1] = row[j + 1].min(before_last[j - 1] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::near;

    #[test]
    fn offers_what_comes_near_and_nothing_else() {
        let known = [
            "wait",
            "wait_for",
            "whatsapp.send_text",
            "email.send",
            "http.request",
        ];
        for (meant, expected) in [
            ("wiat", vec!["wait"]),
            ("waitfor", vec!["wait_for"]),
            ("send_text", vec!["whatsapp.send_text"]),
            ("HTTP.request", vec!["http.request"]),
            ("refrigerator", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(near(meant, known), expected, "{meant}");
        }
    }
}
