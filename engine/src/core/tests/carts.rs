//! A cart, step by step: what effects and their ends do to a run.

use expect_test::expect;

use super::rig::check;

const CART: &str = "
exit: [ { event: order.created, match: { cart_id: '${event.cart_id}' } } ]
steps:
  - { id: patience, wait: { for: 1h } }
  - id: reminder
    action: once
    with: { to: '${event.cart_id}' }
    fallback: [ { id: mail, action: keyed } ]
  - id: answer
    wait_for: { event: message.received, match: { contact: '${event.cart_id}' }, timeout: 23h }
    on_timeout: [ { id: coupon, action: keyed } ]
  - { id: finish, stop: 'timed out ${steps.answer.timed_out}' }
";

#[test]
fn a_cart_is_reminded_and_answered() {
    let rig = check(
        CART,
        "start; +59m; +1m; begin; done reminder {\"id\":1}; event message.received {\"contact\":\"x\"}; \
         event message.received {\"contact\":\"c1\"}",
        &expect![[r#"
            start          -> waiting | patience sleeps 1h
            +59m           -> waiting | patience sleeps 1m
            +1m            -> running | reminder requested #0 try 1
            begin          -> running | reminder begun #0 try 1
            done reminder {"id":1} -> waiting | answer awaits message.received 23h
            event message.received {"contact":"x"} -> waiting | answer awaits message.received 23h
            event message.received {"contact":"c1"} -> completed (timed out false)
        "#]],
    );
    expect![[r#"
        patience wait completed
        reminder once completed {"id":1}
        answer wait_for completed {"timed_out":false,"type":"message.received","event_id":"00000000-0000-0000-0000-000000000002","event":{"contact":"c1"}}
        finish stop completed {"outcome":"timed out false"}
    "#]].assert_eq(&rig.history());
}

#[test]
fn nobody_answers() {
    check(
        CART,
        "start; +1h; begin; done reminder; +23h; begin; done coupon",
        &expect![[r#"
        start          -> waiting | patience sleeps 1h
        +1h            -> running | reminder requested #0 try 1
        begin          -> running | reminder begun #0 try 1
        done reminder  -> waiting | answer awaits message.received 23h
        +23h           -> running | coupon requested #1 try 1
        begin          -> running | coupon begun #1 try 1
        done coupon    -> completed (timed out true)
    "#]],
    );
}

#[test]
fn a_refused_send_takes_the_other_channel() {
    let rig = check(
        CART,
        "start; +1h; begin; refuse reminder window_closed; begin; done mail",
        &expect![[r#"
        start          -> waiting | patience sleeps 1h
        +1h            -> running | reminder requested #0 try 1
        begin          -> running | reminder begun #0 try 1
        refuse reminder window_closed -> running | mail requested #1 try 1
        begin          -> running | mail begun #1 try 1
        done mail      -> waiting | answer awaits message.received 23h
    "#]],
    );
    expect![[r#"
        patience wait completed
        reminder once refused {"error":"window_closed"} (because)
        mail keyed completed
        answer wait_for waiting
    "#]]
    .assert_eq(&rig.history());
}

#[test]
fn a_lost_send_is_not_repeated_and_can_be_settled() {
    check(
        CART,
        "start; +1h; begin; lost; wake; settle reminder failed; begin; lost; begin; done mail",
        &expect![[r#"
            start          -> waiting | patience sleeps 1h
            +1h            -> running | reminder requested #0 try 1
            begin          -> running | reminder begun #0 try 1
            lost           -> unknown | reminder unknown #0 try 1
            wake           -> unknown | reminder unknown #0 try 1
            settle reminder failed -> running | mail requested #1 try 1
            begin          -> running | mail begun #1 try 1
            lost           -> running | mail requested #1 try 2
            begin          -> running | mail begun #1 try 2
            done mail      -> waiting | answer awaits message.received 23h
        "#]],
    );
    check(
        CART,
        "start; +1h; begin; lost; settle reminder delivered",
        &expect![[r#"
        start          -> waiting | patience sleeps 1h
        +1h            -> running | reminder requested #0 try 1
        begin          -> running | reminder begun #0 try 1
        lost           -> unknown | reminder unknown #0 try 1
        settle reminder delivered -> waiting | answer awaits message.received 23h
    "#]],
    );
    check(
        CART,
        "start; +1h; begin; lost; resolve reminder no; begin; unknown reminder; resolve reminder happened",
        &expect![[r#"
        start          -> waiting | patience sleeps 1h
        +1h            -> running | reminder requested #0 try 1
        begin          -> running | reminder begun #0 try 1
        lost           -> unknown | reminder unknown #0 try 1
        resolve reminder no -> running | reminder requested #0 try 2
        begin          -> running | reminder begun #0 try 2
        unknown reminder -> unknown | reminder unknown #0 try 2
        resolve reminder happened -> waiting | answer awaits message.received 23h
    "#]],
    );
}

#[test]
fn a_held_send_waits_under_the_same_key() {
    check(
        CART,
        "start; +1h; hold reminder 8h; +8h; begin; done reminder; cancel",
        &expect![[r#"
        start          -> waiting | patience sleeps 1h
        +1h            -> running | reminder requested #0 try 1
        hold reminder 8h -> waiting | reminder paused 8h
        +8h            -> running | reminder requested #0 try 1
        begin          -> running | reminder begun #0 try 1
        done reminder  -> waiting | answer awaits message.received 23h
        cancel         -> cancelled (by ana)
    "#]],
    );
}
