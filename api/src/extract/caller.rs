//! Where a request comes from, and by which name it reached us.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{header, request::Parts, uri::Authority},
};

use crate::{app::App, settings::Broker};

/// Where a request comes from, for counting tries.
#[derive(Debug)]
pub struct Caller(pub IpAddr);

impl FromRequestParts<App> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip());
        let forwarded = || {
            // The proxy appends the address it sees, so the last one is the one to believe.
            parts
                .headers
                .get("x-forwarded-for")?
                .to_str()
                .ok()?
                .rsplit(',')
                .next()?
                .trim()
                .parse()
                .ok()
        };
        let address = if app.http.trust_proxy {
            forwarded().or(peer)
        } else {
            peer
        };
        Ok(Self(address.unwrap_or(IpAddr::from([0, 0, 0, 0]))))
    }
}

/// Where whoever asks can speak MQTT; `None` when nobody listens.
#[derive(Debug)]
pub struct Mqtt(pub Option<Broker>);

impl FromRequestParts<App> for Mqtt {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let asked = || {
            let named = parts.headers.get(header::HOST)?.to_str().ok()?;
            let authority = named.parse::<Authority>().ok()?;
            Some(authority.host().to_owned())
        };
        let public = app.http.public_url.as_ref();
        let host = public
            .and_then(|url| url.host_str().map(str::to_owned))
            .or_else(asked);
        Ok(Self(app.devices.broker(host.as_deref())))
    }
}
