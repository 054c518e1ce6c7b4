//! Why something did not happen, as people and programs are told: in the reader's language, with a stable
//! word, and on the connection that a person must mend. Refusals are English for who asks for no language.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use operandi_tests::{
    api::Api,
    install::{Install, Mode},
    process::eventually,
};
use reqwest::Method;
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(60);
const LANGUAGES: [&str; 3] = ["es", "en", "pt"];

/// A WhatsApp whose token has run out until it is renewed.
async fn whatsapp(renewed: Arc<AtomicBool>) -> String {
    async fn message(State(renewed): State<Arc<AtomicBool>>) -> (StatusCode, Json<Value>) {
        if renewed.load(Ordering::SeqCst) {
            return (
                StatusCode::OK,
                Json(json!({ "messages": [{ "id": "wamid.1" }] })),
            );
        }
        let error = json!({ "error": { "code": 190, "message": "Session has expired" } });
        (StatusCode::UNAUTHORIZED, Json(error))
    }
    let router = Router::new()
        .route("/{version}/{phone}/messages", post(message))
        .with_state(renewed);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}")
}

fn reminder(connection: &str, purpose: &str) -> String {
    format!(
        "operandi: 1\nname: Aviso\npurpose: {purpose}\ntrigger: {{ manual: true }}\nsteps:\n  - id: notice\n    \
         action: whatsapp.send_template\n    with: {{ connection: {connection}, to: '+5491155551234', \
         template: hola, language: es_AR }}\n    retry: {{ attempts: 1 }}\n"
    )
}

/// The answer in every language.
async fn in_every_language(api: &Api, path: &str) -> Vec<Value> {
    let mut answers = Vec::new();
    for lang in LANGUAGES {
        let headers = [("accept-language", lang)];
        let answer = api.call(Method::GET, path, &headers, None).await;
        answers.push(answer.unwrap().expect(200));
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_says_that_it_must_be_mended_until_it_is() {
    let (_install, _process, api) = Install::running(Mode::Sqlite).await;
    let renewed = Arc::new(AtomicBool::new(false));
    let base = whatsapp(Arc::clone(&renewed)).await;
    let settings = json!({ "base_url": base, "phone_number_id": "1", "waba_id": "2" });
    let secrets = json!({ "access_token": "t", "app_secret": "s", "verify_token": "v" });
    let connection = api.connection("whatsapp", settings, secrets).await;
    let workflow = api.publish(&reminder(&connection, "transactional")).await;

    let run = api.start(&workflow, json!({})).await;
    let failed = api.until(&run, &["failed"], SOON).await;
    assert_eq!(failed["error"]["code"], "reconnect");
    let path = format!("/api/v1/connections/{connection}");
    let told = in_every_language(&api, &path).await;
    for (answer, words) in told.iter().zip([
        "Error 190 de WhatsApp: Session has expired.",
        "WhatsApp error 190: Session has expired.",
        "Erro 190 do WhatsApp: Session has expired.",
    ]) {
        assert_eq!(
            (answer["state"].as_str(), answer["last_error"].as_str()),
            (Some("reconnect"), Some(words))
        );
    }

    renewed.store(true, Ordering::SeqCst);
    let retry = format!("/api/v1/runs/{run}/retry");
    api.post(&retry, &json!({})).await.expect(200);
    api.until(&run, &["completed"], SOON).await;
    eventually("the connection is well again", SOON, async || {
        let now = api.get(&path).await.expect(200);
        (now["state"] == "ok" && now["last_error"].is_null()).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_may_not_be_sent_says_why_in_every_language() {
    let (_install, _process, api) = Install::running(Mode::Sqlite).await;
    let settings = json!({ "sandbox": true });
    let connection = api.connection("whatsapp", settings, json!({})).await;
    let workflow = api.publish(&reminder(&connection, "marketing")).await;
    let run = api.start(&workflow, json!({})).await;
    api.until(&run, &["failed"], SOON).await;
    let sentences = [
        "la persona no aceptó promociones por WhatsApp",
        "the person has not agreed to promotion on WhatsApp",
        "a pessoa não aceitou promoções por WhatsApp",
    ];
    let steps = in_every_language(&api, &format!("/api/v1/runs/{run}/steps")).await;
    let runs = in_every_language(&api, &format!("/api/v1/runs/{run}")).await;
    for ((steps, run), words) in steps.iter().zip(&runs).zip(sentences) {
        let step = steps["items"].as_array().unwrap().last().unwrap();
        assert_eq!(
            (step["reason"].as_str(), step["reason_code"].as_str()),
            (Some(words), Some("no_consent"))
        );
        let error = &run["error"];
        assert_eq!(
            (error["message"].as_str(), error["code"].as_str()),
            (Some(words), Some("no_consent"))
        );
    }
}

/// A request that is refused, and what is said of it in each of [`LANGUAGES`].
struct Refused<'t> {
    api: &'t Api,
    method: Method,
    path: String,
    header: (&'t str, &'t str),
    body: Option<Value>,
    status: u16,
    said: [&'t str; 3],
}

impl Refused<'_> {
    async fn ask(&self, lang: Option<&str>) -> Value {
        let mut headers = vec![("content-type", "application/json"), self.header];
        headers.extend(lang.map(|lang| ("accept-language", lang)));
        let body = self.body.as_ref().map(|body| body.to_string().into_bytes());
        let answer = self
            .api
            .call(self.method.clone(), &self.path, &headers, body);
        answer.await.unwrap().expect(self.status)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_speaks_the_language_of_its_reader() {
    let (_install, _process, api) = Install::running(Mode::Sqlite).await;
    let key = json!({ "name": "looks", "role": "viewer" });
    let key = api.post("/api/v1/keys", &key).await.expect(201);
    let viewer = api.with_key(key["key"].as_str().unwrap());
    let settings = json!({ "sandbox": true });
    let connection = api.connection("whatsapp", settings, json!({})).await;
    let workflow = api.publish(&reminder(&connection, "transactional")).await;
    let (json_asked, nobody) = (("accept", "application/json"), uuid());
    let whatsapp = json!({ "connector": "whatsapp", "name": "W", "settings": {}, "secrets": {} });
    let post = |path: &str, body: Value, status, said| Refused {
        api: &api,
        method: Method::POST,
        path: path.to_owned(),
        header: json_asked,
        body: Some(body),
        status,
        said,
    };
    let get = |path: String, status, said| Refused {
        api: &api,
        method: Method::GET,
        path,
        header: json_asked,
        body: None,
        status,
        said,
    };
    let table = [
        post(
            "/api/v1/keys",
            json!({ "name": "k", "role": "viewer", "nmae": 1 }),
            422,
            [
                "nmae: no existe el campo `nmae`; los que hay: `name`, `role`; sacalo o corregí su nombre",
                "nmae: unknown field `nmae`, expected `name` or `role`; remove it or correct its name",
                "nmae: não existe o campo `nmae`; os que há: `name`, `role`; remova-o ou corrija o nome",
            ],
        ),
        post(
            "/api/v1/keys",
            json!({ "name": "k" }),
            422,
            [
                ".: falta el campo `role`; agregalo",
                ".: missing field `role`; add it",
                ".: falta o campo `role`; adicione-o",
            ],
        ),
        get(
            format!("/api/v1/workflows/{nobody}"),
            404,
            [
                "No existe ese flujo en tu organización.",
                "There is no such workflow in your organisation.",
                "Não existe esse fluxo na sua organização.",
            ],
        ),
        get(
            format!("/api/v1/connections/{nobody}"),
            404,
            [
                "No existe esa conexión en tu organización.",
                "There is no such connection in your organisation.",
                "Não existe essa conexão na sua organização.",
            ],
        ),
        get(
            "/api/v1/records/contact?cursor=ffff".to_owned(),
            400,
            [
                "El cursor o los filtros no son de esta lista; empezá de nuevo sin ellos.",
                "the cursor belongs to another list; begin again without it.",
                "O cursor ou os filtros não são desta lista; comece de novo sem eles.",
            ],
        ),
        get(
            "/api/v1/runs?limit=999".to_owned(),
            400,
            [
                "limit: 999 no es un tamaño de página; pedí de 1 a 200",
                "limit: 999 is not a page size; ask for 1 to 200",
                "limit: 999 não é um tamanho de página; peça de 1 a 200",
            ],
        ),
        get(
            "/api/v1/live?nonsense=1".to_owned(),
            400,
            [
                "nonsense: no existe el campo `nonsense`; los que hay: `workflow`, `run`, `devices`, `alerts`.",
                "nonsense: unknown field `nonsense`, expected one of `workflow`, `run`, `devices`, `alerts`.",
                "nonsense: não existe o campo `nonsense`; os que há: `workflow`, `run`, `devices`, `alerts`.",
            ],
        ),
        Refused {
            api: &viewer,
            ..post(
                "/api/v1/keys",
                json!({ "name": "k", "role": "viewer" }),
                403,
                [
                    "El rol «Solo lectura» no puede hacer esto; pedíselo a un titular o a la administración.",
                    "The role `viewer` may not do this; ask an owner or admin.",
                    "O papel «Somente leitura» não pode fazer isso; peça a um titular ou à administração.",
                ],
            )
        },
        Refused {
            method: Method::PATCH,
            header: ("if-match", "99"),
            ..post(
                &format!("/api/v1/workflows/{workflow}"),
                json!({ "patches": [{ "op": "remove", "path": "/goal" }] }),
                409,
                [
                    "El borrador va por la revisión 1.",
                    "The draft has revision 1.",
                    "O rascunho está na revisão 1.",
                ],
            )
        },
        Refused {
            method: Method::DELETE,
            body: None,
            ..post(
                &format!("/api/v1/workflows/{workflow}"),
                Value::Null,
                409,
                [
                    "Ya se publicó, y sus ejecuciones guardan su historia; desactivalo en lugar de borrarlo.",
                    "It was published, and its runs keep their history; disable it instead.",
                    "Já foi publicado, e suas execuções guardam sua história; desative-o em vez de excluí-lo.",
                ],
            )
        },
        post(
            "/api/v1/connections",
            whatsapp,
            422,
            [
                "Falta `phone_number_id`.",
                "`phone_number_id` is missing.",
                "Falta `phone_number_id`.",
            ],
        ),
    ];
    for refused in &table {
        let (plain, path) = (refused.ask(None).await, &refused.path);
        for (lang, words) in LANGUAGES.into_iter().zip(refused.said) {
            let answer = refused.ask(Some(lang)).await;
            assert_eq!(answer["detail"], words, "{path}");
            assert_eq!(answer["code"], plain["code"], "{path}");
            for field in ["title", "detail", "errors"] {
                let same = answer[field] == plain[field];
                let unsaid = plain[field].is_null();
                assert_eq!(same, lang == "en" || unsaid, "{path}: {field} in {lang}");
            }
        }
    }
}

/// An id that nothing has.
fn uuid() -> &'static str {
    "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55"
}
