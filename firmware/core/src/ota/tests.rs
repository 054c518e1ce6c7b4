use std::{vec, vec::Vec};

use ed25519_dalek::{Signer, SigningKey};
use operandi_protocol::Uptime;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::*;

const BOARD: Board = *b"esp32c3-relay\0\0\0";

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn image() -> Vec<u8> {
    (0..10_000_u32).map(|at| ((at * 31) >> 3) as u8).collect()
}

fn manifest() -> Manifest {
    Manifest {
        board: BOARD,
        build: 12,
        size: 10_000,
        sha256: Sha256::digest(image()).into(),
    }
}

fn running() -> Running {
    Running {
        board: BOARD,
        build: 11,
        slot_bytes: 16_384,
        failed: None,
    }
}

fn signed(manifest: &Manifest) -> SignedManifest {
    let bytes = manifest.to_bytes();
    let signature = key().sign(&bytes).to_bytes();
    let keys = [key().verifying_key().to_bytes()];
    SignedManifest::check(&bytes, &signature, &keys).unwrap()
}

fn verified() -> Verified {
    let mut download = Download::begin(&signed(&manifest()), &running()).unwrap();
    download.chunk(0, &image()).unwrap();
    download.finish().unwrap()
}

#[test]
fn only_our_signature_counts() {
    let bytes = manifest().to_bytes();
    let signature = key().sign(&bytes).to_bytes();
    let own = key().verifying_key().to_bytes();
    let other = SigningKey::from_bytes(&[8; 32]).verifying_key().to_bytes();
    let check = |keys: &[[u8; 32]]| SignedManifest::check(&bytes, &signature, keys).is_some();
    assert!(check(&[own]));
    assert!(check(&[other, own]), "a key that is being replaced");
    assert!(!check(&[other]));
    assert!(!check(&[]), "no key, no image");
    // A weak key, with which a signature of zeros would be right for anything.
    let weak = [&[1][..], &[0; 31]].concat().try_into().unwrap();
    let zeros = [&[1][..], &[0; 63]].concat().try_into().unwrap();
    assert!(SignedManifest::check(&bytes, &zeros, &[weak]).is_none());
    // Something else that we once signed is no manifest.
    let mut letter = bytes;
    letter[0] = b'X';
    let signature = key().sign(&letter).to_bytes();
    assert!(SignedManifest::check(&letter, &signature, &[own]).is_none());
}

#[test]
fn an_image_for_somebody_else_is_refused_before_its_first_byte() {
    let (image, node) = (manifest(), running());
    let cases: &[(Manifest, Running, Refused)] = &[
        (
            Manifest {
                board: [b'x'; 16],
                ..image
            },
            node,
            Refused::Board,
        ),
        (Manifest { build: 11, ..image }, node, Refused::NotNewer),
        (Manifest { build: 3, ..image }, node, Refused::NotNewer),
        (
            image,
            Running {
                failed: Some(12),
                ..node
            },
            Refused::FailedBefore,
        ),
        (
            image,
            Running {
                slot_bytes: 9_999,
                ..node
            },
            Refused::Size,
        ),
        (Manifest { size: 0, ..image }, node, Refused::Size),
    ];
    for (manifest, running, refused) in cases {
        let told = Download::begin(&signed(manifest), running).unwrap_err();
        assert_eq!(told, *refused);
    }
}

#[test]
fn lost_and_repeated_chunks_are_asked_for_again() {
    let image = image();
    let mut download = Download::begin(&signed(&manifest()), &running()).unwrap();
    assert_eq!(download.chunk(0, &image[..4_096]), Ok(Step::Taken(4_096)));
    assert_eq!(download.chunk(0, &image[..4_096]), Ok(Step::Resume(4_096)));
    assert_eq!(
        download.chunk(8_192, &image[8_192..]),
        Ok(Step::Resume(4_096))
    );
    assert_eq!(download.clone().finish(), Err(Refused::TooShort));
    assert_eq!(
        download.chunk(4_096, &image[4_096..]),
        Ok(Step::Taken(10_000))
    );
    assert_eq!(download.chunk(10_000, &[0]), Err(Refused::TooLong));
    assert_eq!(download.finish().map(|image| image.build()), Ok(12));
}

#[test]
fn a_trial_ends_well_or_is_taken_back() {
    let boot = |build| Input::Booted { build };
    let tick = |ms| Input::Tick {
        now: Uptime::new(ms).unwrap(),
    };
    let settled = |build, failed| Trial::Settled { build, failed };
    let trying = |boots| Trial::Trying {
        build: 12,
        before: 11,
        boots,
    };
    let switch: &[Order] = &[Order::Save, Order::SwitchSlot, Order::Restart];
    let save: &[Order] = &[Order::Save];
    let start = settled(11, None);
    let stories: &[&[(Input, Trial, &[Order])]] = &[
        &[
            (boot(11), start, &[]),
            (Input::Proved, start, &[]),
            (tick(TRIAL_MS), start, &[]),
            (Input::Installed(verified()), trying(0), switch),
            (boot(12), trying(1), save),
            (tick(TRIAL_MS - 1), trying(1), &[]),
            (Input::Proved, settled(12, None), save),
            (tick(TRIAL_MS), settled(12, None), &[]),
            (boot(12), settled(12, None), &[]),
        ],
        // It never reaches the server.
        &[
            (Input::Installed(verified()), trying(0), switch),
            (boot(12), trying(1), save),
            (tick(TRIAL_MS), settled(11, Some(12)), switch),
            (boot(11), settled(11, Some(12)), &[]),
        ],
        // It crashes again and again.
        &[
            (Input::Installed(verified()), trying(0), switch),
            (boot(12), trying(1), save),
            (boot(12), trying(2), save),
            (boot(12), trying(3), save),
            (boot(12), settled(11, Some(12)), switch),
        ],
        // The power went before the slot was switched: the image is not to blame.
        &[
            (Input::Installed(verified()), trying(0), switch),
            (boot(11), settled(11, None), save),
        ],
        // The bootloader took it back by itself.
        &[
            (Input::Installed(verified()), trying(0), switch),
            (boot(12), trying(1), save),
            (boot(11), settled(11, Some(12)), save),
        ],
        // Flashed by cable.
        &[(boot(40), settled(40, None), save)],
    ];
    for story in stories {
        let mut state = start;
        for (input, next, orders) in *story {
            let told = state.step(*input);
            assert_eq!(told, (*next, *orders), "{state:?} {input:?}");
            state = *next;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn one_changed_bit_is_no_signed_manifest(bit in 0..(MANIFEST_BYTES + SIGNATURE_BYTES) * 8) {
        let bytes = manifest().to_bytes();
        let mut all = [&bytes[..], &key().sign(&bytes).to_bytes()].concat();
        all[bit / 8] ^= 1 << (bit % 8);
        let (bytes, signature) = all.split_first_chunk().unwrap();
        let keys = [key().verifying_key().to_bytes()];
        prop_assert!(SignedManifest::check(bytes, signature.try_into().unwrap(), &keys).is_none());
    }

    #[test]
    fn chunks_of_any_size_make_the_image_and_a_changed_one_does_not(
        sizes in prop::collection::vec(1..3_000_usize, 10),
        change in prop::option::of((0..10_000_usize, 1..=255_u8)),
    ) {
        let mut image = image();
        if let Some((at, by)) = change {
            image[at] ^= by;
        }
        let mut download = Download::begin(&signed(&manifest()), &running()).unwrap();
        let mut at = 0;
        for size in sizes.into_iter().chain(vec![10_000]) {
            let end = image.len().min(at + size);
            prop_assert_eq!(download.chunk(at as u32, &image[at..end]), Ok(Step::Taken(end as u32)));
            at = end;
        }
        prop_assert_eq!(download.finish().is_ok(), change.is_none());
    }
}

#[test]
fn a_manifest_file_is_both_parts_and_no_more() {
    let bytes = manifest().to_bytes();
    let signature = key().sign(&bytes).to_bytes();
    let keys = [key().verifying_key().to_bytes()];
    let file = [&bytes[..], &signature].concat();
    let signed = SignedManifest::check_file(&file, &keys).unwrap();
    assert_eq!(*signed.manifest(), manifest());
    assert!(SignedManifest::check_file(&file[..123], &keys).is_none());
    assert!(SignedManifest::check_file(&[&file[..], b"x"].concat(), &keys).is_none());
}

proptest! {
    #[test]
    fn a_kept_trial_comes_back(build: u32, other: u32, boots: u8, kind in 0..3_u8) {
        let trial = match kind {
            0 => Trial::Settled { build, failed: None },
            1 => Trial::Settled { build, failed: Some(other) },
            _ => Trial::Trying { build, before: other, boots },
        };
        prop_assert_eq!(Trial::of_bytes(&trial.to_bytes()), Some(trial));
    }

    #[test]
    fn any_bytes_make_a_trial_or_none(bytes: Vec<u8>) {
        if let Some(trial) = Trial::of_bytes(&bytes) {
            prop_assert!(bytes.len() >= TRIAL_BYTES);
            prop_assert_eq!(Trial::of_bytes(&trial.to_bytes()), Some(trial));
        }
    }
}
