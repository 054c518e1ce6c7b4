use embedded_hal_mock::eh1::{
    delay::NoopDelay,
    spi::{Mock, Transaction},
};

use super::*;

type Talk = Vec<Transaction<u8>>;

fn set(register: u8, value: u8) -> Talk {
    Vec::from([
        Transaction::transaction_start(),
        Transaction::write_vec(Vec::from([register << 1, value])),
        Transaction::transaction_end(),
    ])
}

fn get(register: u8, value: u8) -> Talk {
    Vec::from([
        Transaction::transaction_start(),
        Transaction::transfer(Vec::from([0x80 | register << 1, 0]), Vec::from([0, value])),
        Transaction::transaction_end(),
    ])
}

fn set_up() -> Talk {
    let mut talk = get(register::VERSION, 0x92);
    talk.extend(set(register::COMMAND, SOFT_RESET));
    talk.extend(SETTINGS.into_iter().flat_map(|(to, value)| set(to, value)));
    talk
}

fn antenna() -> Talk {
    get(register::TX_CONTROL, 0x83)
}

fn say(bytes: &[u8], last_bits: u8) -> Talk {
    let mut talk = set(register::COMMAND, IDLE);
    talk.extend(set(register::IRQ, IRQ_ALL));
    talk.extend(set(register::FIFO_LEVEL, FLUSH));
    talk.extend(bytes.iter().flat_map(|byte| set(register::FIFO, *byte)));
    talk.extend(set(register::COMMAND, TRANSCEIVE));
    talk.extend(set(register::BIT_FRAMING, START_SEND | last_bits));
    talk
}

fn hear(answer: &[u8]) -> Talk {
    // The first look is too early.
    let mut talk = get(register::IRQ, 0x04);
    talk.extend(get(register::IRQ, IRQ_RECEIVED));
    talk.extend(get(register::ERROR, 0));
    talk.extend(get(register::FIFO_LEVEL, answer.len() as u8));
    talk.extend(answer.iter().flat_map(|byte| get(register::FIFO, *byte)));
    talk
}

fn silence() -> Talk {
    get(register::IRQ, IRQ_TIMER)
}

fn reqa() -> Talk {
    [say(&[REQA], REQA_BITS), hear(&[0x04, 0x00])].concat()
}

/// What a reader tells in so many looks at these talks.
fn told(looks: usize, talks: &[Talk]) -> Vec<Result<f64, Fault>> {
    let mut bus = Mock::new(&talks.concat());
    let mut reader = Mfrc522::new(bus.clone(), NoopDelay::new());
    let told = (0..looks)
        .map(|_| reader.read(Uptime::default())[0])
        .collect();
    bus.done();
    told
}

#[test]
fn a_card_of_four_bytes_is_read_and_set_up_is_done_once() {
    let card = [0xde, 0xad, 0xbe, 0xef, 0xde ^ 0xad ^ 0xbe ^ 0xef];
    let talks = [
        set_up(),
        antenna(),
        reqa(),
        say(&[0x93, 0x20], 0),
        hear(&card),
        antenna(),
        say(&[REQA], REQA_BITS),
        silence(),
    ];
    assert_eq!(told(2, &talks), [Ok(3_735_928_559.0), Ok(0.0)]);
}

#[test]
fn a_card_of_seven_bytes_is_selected_to_tell_the_rest() {
    let first = [0x88, 0x04, 0x11, 0x22, 0x88 ^ 0x04 ^ 0x11 ^ 0x22];
    let second = [0x33, 0x44, 0x55, 0x66, 0x33 ^ 0x44 ^ 0x55 ^ 0x66];
    let mut select = Vec::from([0x93, 0x70]);
    select.extend(first);
    let sum = crc::Crc::<u16>::new(&crc::CRC_16_ISO_IEC_14443_3_A).checksum(&select);
    select.extend(sum.to_le_bytes());
    let talks = [
        set_up(),
        antenna(),
        reqa(),
        say(&[0x93, 0x20], 0),
        hear(&first),
        say(&select, 0),
        hear(&[0x04, 0xda, 0x17]),
        say(&[0x95, 0x20], 0),
        hear(&second),
    ];
    assert_eq!(told(1, &talks), [Ok(0x1122_3344_5566_u64 as f64)]);
}

#[test]
fn damage_is_no_card() {
    let wrong_bcc = [1, 2, 3, 4, 5];
    let collision = [get(register::IRQ, IRQ_RECEIVED), get(register::ERROR, 0x08)].concat();
    for answer in [hear(&wrong_bcc), hear(&[1, 2]), collision] {
        let talks = [set_up(), antenna(), reqa(), say(&[0x93, 0x20], 0), answer];
        assert_eq!(told(1, &talks), [Err(Fault::Checksum)]);
    }
}

#[test]
fn a_reader_that_is_gone_is_told_and_set_up_again() {
    let gone = get(register::VERSION, 0xff);
    let lost = get(register::TX_CONTROL, 0xff);
    let dark = get(register::TX_CONTROL, 0x80);
    let talks = [
        gone,
        set_up(),
        lost,
        set_up(),
        dark,
        set_up(),
        antenna(),
        say(&[REQA], REQA_BITS),
        silence(),
    ];
    let gone = Err(Fault::Disconnected);
    assert_eq!(told(4, &talks), [gone, gone, gone, Ok(0.0)]);
}
