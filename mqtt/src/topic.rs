//! Names and filters of topics, as MQTT defines them (3.1.1 and 5, section 4.7). Pure.

/// Levels beyond which a name is nobody's; it keeps the comparison short.
const LEVELS_MAX: usize = 32;
/// Bytes of a name or filter.
const BYTES_MAX: usize = 512;
/// What begins a shared subscription of MQTT 5.
const SHARED: &str = "$share/";

/// Whether a message may be published to `name` by form.
pub(crate) fn is_name(name: &str) -> bool {
    is_sound(name) && !name.contains(['+', '#'])
}

/// Whether `filter` can be subscribed to by form.
pub(crate) fn is_filter(filter: &str) -> bool {
    if !is_sound(filter) {
        return false;
    }
    let mut levels = filter.split('/').peekable();
    while let Some(level) = levels.next() {
        let whole = match level {
            "#" => levels.peek().is_none(),
            "+" => true,
            text => !text.contains(['+', '#']),
        };
        if !whole {
            return false;
        }
    }
    true
}

/// Whether `filter` asks for a share of a group's messages.
pub(crate) fn is_shared(filter: &str) -> bool {
    filter.starts_with(SHARED)
}

/// Whether a message to `name` is one for `filter`; both are sound.
pub(crate) fn matches(name: &str, filter: &str) -> bool {
    // Names with a dollar are the server's own, which no wildcard reaches by its first level.
    if name.starts_with('$') && filter.starts_with(['+', '#']) {
        return false;
    }
    let mut levels = name.split('/');
    for wanted in filter.split('/') {
        match (wanted, levels.next()) {
            ("#", _) => return true,
            ("+", Some(_)) => {}
            (text, Some(level)) if text == level => {}
            (_, Some(_) | None) => return false,
        }
    }
    levels.next().is_none()
}

fn is_sound(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= BYTES_MAX
        && !text.contains('\0')
        && text.split('/').take(LEVELS_MAX + 1).count() <= LEVELS_MAX
}

#[cfg(test)]
mod tests {
    use super::{is_filter, is_name, matches};

    #[test]
    fn names() {
        for (name, sound) in [
            ("a", true),
            ("/", true),
            ("operandi/o/d/readings", true),
            ("é/ñ", true),
            ("", false),
            ("a/+", false),
            ("a/#", false),
            ("a\0", false),
        ] {
            assert_eq!(is_name(name), sound, "{name:?}");
        }
        assert!(!is_name(&"a/".repeat(40)) && !is_name(&"a".repeat(600)));
    }

    #[test]
    fn filters() {
        for (filter, sound) in [
            ("a/b", true),
            ("#", true),
            ("+", true),
            ("a/#", true),
            ("+/a/+", true),
            ("a/#/b", false),
            ("a#", false),
            ("a+/b", false),
            ("#/", false),
            ("", false),
        ] {
            assert_eq!(is_filter(filter), sound, "{filter:?}");
        }
    }

    #[test]
    fn filters_match_as_the_standard_says() {
        for (name, filter, expected) in [
            ("sport/tennis/player1", "sport/tennis/player1/#", true),
            (
                "sport/tennis/player1/ranking",
                "sport/tennis/player1/#",
                true,
            ),
            ("sport", "sport/#", true),
            ("sport/tennis/player1", "sport/tennis/+", true),
            ("sport/tennis/player1/ranking", "sport/tennis/+", false),
            ("sport", "sport/+", false),
            ("sport/", "sport/+", true),
            ("/finance", "+/+", true),
            ("/finance", "/+", true),
            ("/finance", "+", false),
            ("$SYS/monitor", "#", false),
            ("$SYS/monitor", "+/monitor", false),
            ("$SYS/monitor", "$SYS/#", true),
            ("é/x", "+/x", true),
            ("a", "a/b", false),
        ] {
            assert_eq!(matches(name, filter), expected, "{name} {filter}");
        }
    }
}
