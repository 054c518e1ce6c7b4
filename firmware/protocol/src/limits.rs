//! Every bound of the protocol, with its unit. Both sides hold them, when writing and when reading.

/// Bytes of one payload.
pub const PAYLOAD_BYTES_MAX: usize = 16 * 1024;
/// Bytes of a topic: the longest one that the names below can make.
pub const TOPIC_BYTES_MAX: usize = 9 + 36 + 1 + 36 + 1 + 8;
/// Readings in one message.
pub const READINGS_MAX: usize = 128;
/// Metrics of one device.
pub const METRICS_MAX: usize = 64;
/// Actuators of one device.
pub const ACTUATORS_MAX: usize = 16;
/// Settings in a desired or reported state.
pub const SETTINGS_MAX: usize = 32;

/// Bytes of the id of an organisation, a device or a command: a UUID's text fits.
pub const ID_BYTES_MAX: usize = 36;
/// Bytes of the name of a metric, an actuator or a setting.
pub const NAME_BYTES_MAX: usize = 32;
/// Bytes of a firmware version.
pub const VERSION_BYTES_MAX: usize = 32;
/// Bytes of a unit; a unit is any text (`°C`, `µS/cm`).
pub const UNIT_BYTES_MAX: usize = 16;
/// Bytes of a setting that is a text.
pub const TEXT_BYTES_MAX: usize = 64;

/// Whole numbers beyond this lose digits in JSON: boot ids and uptimes stay within.
pub const WHOLE_MAX: u64 = (1 << 53) - 1;
/// Milliseconds since 1970 of 2024-01-01 UTC: a clock before it was never set.
pub const WALL_MS_MIN: i64 = 1_704_067_200_000;
/// Milliseconds since 1970 of 2100-01-01 UTC.
pub const WALL_MS_MAX: i64 = 4_102_444_800_000;
/// Seconds between two samples of a metric: a day.
pub const INTERVAL_SECS_MAX: u32 = 86_400;
/// Seconds an actuator may be away from its safe state by one command: a day.
pub const ON_SECS_MAX: u32 = 86_400;
