//! Faults, failures, and who handles them.

use expect_test::expect;

use super::rig::check;

#[test]
fn faults_are_tried_again_with_growing_pauses_under_the_same_key() {
    let rig = check(
        "steps: [ { id: call, action: keyed, retry: { attempts: 3, backoff: 10s, factor: 2 } } ]",
        "start; begin; retry call; +10s; begin; unknown call; +20s; begin; retry call; again; begin; done call",
        &expect![[r#"
            start          -> running | call requested #0 try 1
            begin          -> running | call begun #0 try 1
            retry call     -> waiting | call paused 10s
            +10s           -> running | call requested #0 try 2
            begin          -> running | call begun #0 try 2
            unknown call   -> waiting | call paused 20s
            +20s           -> running | call requested #0 try 3
            begin          -> running | call begun #0 try 3
            retry call     -> failed (exhausted)
            again          -> running | call requested #1 try 1
            begin          -> running | call begun #1 try 1
            done call      -> completed
        "#]],
    );
    expect![[r#"
        call keyed retried (because; tried again in 10s)
        call keyed retried (because; tried again in 20s)
        call keyed failed {"error":"exhausted"} (because (tried 3 times))
        call keyed completed
    "#]]
    .assert_eq(&rig.history());
}

#[test]
fn errors_are_caught_where_the_document_says() {
    let document = "
steps:
  - id: risky
    action: keyed
    on_error: [ { id: note, set: { why: '${error.code}' } } ]
  - { id: soft, set: { x: '${no.such}' }, on_error: continue }
  - { id: after, stop: '${vars.why}' }
";
    check(
        document,
        "start; begin; params risky",
        &expect![[r#"
        start          -> running | risky requested #0 try 1
        begin          -> running | risky begun #0 try 1
        params risky   -> completed (params)
    "#]],
    );
}

#[test]
fn a_failing_way_fails_its_block_which_may_catch_it() {
    let document = "
steps:
  - id: both
    parallel:
      left: [ { id: l, action: keyed } ]
      right: [ { id: r, wait: { for: 2h } } ]
    on_error: [ { id: caught, set: { why: '${error.code} in ${error.step}' } } ]
  - { id: end, stop: '${vars.why}' }
";
    check(
        document,
        "start; begin; params l",
        &expect![[r#"
        start          -> running | both joins | l requested #0 try 1 | r sleeps 2h
        begin          -> running | both joins | l begun #0 try 1 | r sleeps 2h
        params l       -> completed (params in l)
    "#]],
    );
}
