use serde_json::json;

use super::check;

/// Settles the last reading of a story, without waiting so long that nothing is known any more.
fn settled(story: &str) -> String {
    format!("{story}; until 250")
}

#[test]
fn a_limit_is_not_beyond_itself_and_clears() {
    for (document, story, expected) in [
        (
            json!({"above": 5}),
            "0 5; 60 5.01; 120 5",
            vec![
                "raised 5.01 at 60 since 60 observed 0",
                "cleared 5 at 120 since 60 observed 0",
            ],
        ),
        (
            json!({"above": 5, "clear": 4}),
            "0 6; 60 4.5; 120 4",
            vec![
                "raised 6 at 0 since 0 observed 0",
                "cleared 4 at 120 since 0 observed 0",
            ],
        ),
        (
            json!({"below": 5}),
            "0 5; 60 4.99; 120 5",
            vec![
                "raised 4.99 at 60 since 60 observed 0",
                "cleared 5 at 120 since 60 observed 0",
            ],
        ),
        (
            json!({"below": 5, "clear": 6}),
            "0 4; 60 5.5; 120 6",
            vec![
                "raised 4 at 0 since 0 observed 0",
                "cleared 6 at 120 since 0 observed 0",
            ],
        ),
        (
            json!({"outside": {"low": 2, "high": 8}}),
            "0 2; 60 8; 120 8.5; 180 8",
            vec![
                "raised 8.5 at 120 since 120 observed 0",
                "cleared 8 at 180 since 120 observed 0",
            ],
        ),
        (
            json!({"outside": {"low": 2, "high": 8}, "clear": {"low": 3, "high": 7}}),
            "0 1.5; 60 2.5; 120 7.5; 180 7",
            vec![
                "raised 1.5 at 0 since 0 observed 0",
                "cleared 7 at 180 since 0 observed 0",
            ],
        ),
        (
            json!({"between": {"low": 2, "high": 8}}),
            "0 1.9; 60 2; 120 8; 180 8.1",
            vec![
                "raised 2 at 60 since 60 observed 0",
                "cleared 8.1 at 180 since 60 observed 60",
            ],
        ),
        (
            json!({"between": {"low": 2, "high": 8}, "clear": {"low": 1, "high": 9}}),
            "0 5; 60 1; 120 9; 180 0.9",
            vec![
                "raised 5 at 0 since 0 observed 0",
                "cleared 0.9 at 180 since 0 observed 0",
            ],
        ),
    ] {
        check(document, &settled(story), &expected);
    }
}

#[test]
fn what_is_raised_is_not_raised_again_until_it_cleared() {
    check(
        json!({"above": 5, "clear": 4}),
        &settled("0 6; 30 4.5; 60 7; 90 4; 120 4.5; 150 6; 180 6"),
        &[
            "raised 6 at 0 since 0 observed 0",
            "cleared 4 at 90 since 0 observed 0",
            "raised 6 at 150 since 150 observed 0",
        ],
    );
}
