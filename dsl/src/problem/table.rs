//! Every kind of problem with its words. Placeholders such as `{name}` are filled from the problem's
//! details; a hint is replaced by "did you mean" when a known name comes near.

use super::Severity;
use crate::catalog::Words;

macro_rules! problems {
    ($($code:ident $name:literal $severity:ident
        es $es:literal, $es_hint:literal
        en $en:literal, $en_hint:literal
        pt $pt:literal, $pt_hint:literal;)+) => {
        /// The kinds of problems.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $en] $code,)+ }

        impl Code {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$code,)+];

            /// The stable name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$code => $name,)+ }
            }

            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$code => Severity::$severity,)+ }
            }

            pub(super) const fn message(self) -> Words {
                match self { $(Self::$code => Words { es: $es, en: $en, pt: $pt },)+ }
            }

            pub(super) const fn hint(self) -> Words {
                match self {
                    $(Self::$code => Words { es: $es_hint, en: $en_hint, pt: $pt_hint },)+
                }
            }
        }
    };
}

problems! {
    TooLarge "too_large" Error
        es "El documento tiene {size} bytes; se admiten {limit}.", "Dividilo en varios flujos con `call`."
        en "The document has {size} bytes; {limit} are allowed.", "Divide it into several workflows with `call`."
        pt "O documento tem {size} bytes; são permitidos {limit}.", "Divida-o em vários fluxos com `call`.";
    TooDeep "too_deep" Error
        es "El documento tiene más de {limit} niveles.", "Usá menos bloques uno dentro de otro."
        en "The document is more than {limit} levels deep.", "Nest fewer blocks inside each other."
        pt "O documento tem mais de {limit} níveis.", "Use menos blocos um dentro do outro.";
    TooManyNodes "too_many_nodes" Error
        es "El documento tiene más de {limit} valores.", "Dividilo en varios flujos con `call`."
        en "The document has more than {limit} values.", "Divide it into several workflows with `call`."
        pt "O documento tem mais de {limit} valores.", "Divida-o em vários fluxos com `call`.";
    TooManySteps "too_many_steps" Error
        es "El flujo tiene {count} pasos; se admiten {limit}.", "Dividilo en varios flujos con `call`."
        en "The workflow has {count} steps; {limit} are allowed.", "Divide it into several workflows with `call`."
        pt "O fluxo tem {count} passos; são permitidos {limit}.", "Divida-o em vários fluxos com `call`.";
    Syntax "syntax" Error
        es "El texto no es YAML ni JSON válido: {detail}.", "Revisá la sangría, las comillas y los dos puntos de esta línea."
        en "The text is not valid YAML or JSON: {detail}.", "Look at the indentation, quotes and colons of this line."
        pt "O texto não é YAML nem JSON válido: {detail}.", "Verifique o recuo, as aspas e os dois-pontos desta linha.";
    NotSupported "not_supported" Error
        es "Un documento no admite {what}.", "Escribí el valor completo en su lugar."
        en "A document may not use {what}.", "Write the value out in its place."
        pt "Um documento não admite {what}.", "Escreva o valor completo no lugar.";
    DuplicateKey "duplicate_key" Error
        es "La clave `{name}` aparece dos veces.", "Dejá una sola; la primera está en la línea {line}."
        en "The key `{name}` appears twice.", "Keep one of them; the first is on line {line}."
        pt "A chave `{name}` aparece duas vezes.", "Deixe só uma; a primeira está na linha {line}.";
    WrongFormat "wrong_format" Error
        es "El formato `{found}` no se conoce.", "Escribí `operandi: {format}`."
        en "The format `{found}` is not known.", "Write `operandi: {format}`."
        pt "O formato `{found}` não é conhecido.", "Escreva `operandi: {format}`.";
    WrongType "wrong_type" Error
        es "Aquí va {expected}, y hay {found}.", "Cambiá el valor, o quitá el campo si no hace falta."
        en "This must be {expected}, and is {found}.", "Change the value, or leave the field out when it is not needed."
        pt "Aqui vai {expected}, e há {found}.", "Mude o valor, ou retire o campo se não for necessário.";
    MissingField "missing_field" Error
        es "Falta el campo `{name}`.", "Agregá `{name}`."
        en "The field `{name}` is missing.", "Add `{name}`."
        pt "Falta o campo `{name}`.", "Adicione `{name}`.";
    UnknownField "unknown_field" Error
        es "El campo `{name}` no existe aquí.", "Los campos posibles son {known}."
        en "There is no field `{name}` here.", "The possible fields are {known}."
        pt "O campo `{name}` não existe aqui.", "Os campos possíveis são {known}.";
    UnknownValue "unknown_value" Error
        es "`{found}` no es un valor posible.", "Los valores posibles son {known}."
        en "`{found}` is not a possible value.", "The possible values are {known}."
        pt "`{found}` não é um valor possível.", "Os valores possíveis são {known}.";
    OutOfRange "out_of_range" Error
        es "El valor {found} está fuera de lo permitido.", "Usá un número de {min} a {max}."
        en "The value {found} is out of range.", "Use a number from {min} to {max}."
        pt "O valor {found} está fora do permitido.", "Use um número de {min} a {max}.";
    EmptyText "empty_text" Error
        es "El campo `{name}` está vacío.", "Escribí un texto."
        en "The field `{name}` is empty.", "Write a text."
        pt "O campo `{name}` está vazio.", "Escreva um texto.";
    BadName "bad_name" Error
        es "`{name}` no sirve como nombre.", "Usá minúsculas, números y `_`, empezando con una letra."
        en "`{name}` will not do as a name.", "Use lower-case letters, digits and `_`, beginning with a letter."
        pt "`{name}` não serve como nome.", "Use minúsculas, números e `_`, começando com uma letra.";
    ReservedName "reserved_name" Error
        es "El nombre `{name}` ya significa otra cosa.", "Elegí otro nombre."
        en "The name `{name}` means something else already.", "Choose another name."
        pt "O nome `{name}` já significa outra coisa.", "Escolha outro nome.";
    StepWithoutBlock "step_without_block" Error
        es "El paso no dice qué hacer.", "Agregá uno de {known}."
        en "The step does not say what to do.", "Add one of {known}."
        pt "O passo não diz o que fazer.", "Adicione um de {known}.";
    StepWithSeveralBlocks "step_with_several_blocks" Error
        es "El paso hace varias cosas a la vez: {found}.", "Hacé un paso de cada una."
        en "The step does several things at once: {found}.", "Make one step of each."
        pt "O passo faz várias coisas ao mesmo tempo: {found}.", "Faça um passo de cada uma.";
    MissingStepId "missing_step_id" Warning
        es "El paso no tiene `id`; por ahora se llama `{name}`.", "Dale un `id` propio: el historial y las estadísticas dependen de él."
        en "The step has no `id`; for the time being it is called `{name}`.", "Give it an `id` of its own: history and statistics hang on it."
        pt "O passo não tem `id`; por enquanto chama-se `{name}`.", "Dê-lhe um `id` próprio: o histórico e as estatísticas dependem dele.";
    DuplicateStepId "duplicate_step_id" Error
        es "El `id` `{name}` ya es de otro paso.", "Elegí otro; el primero está en la línea {line}."
        en "The `id` `{name}` belongs to another step already.", "Choose another; the first is on line {line}."
        pt "O `id` `{name}` já é de outro passo.", "Escolha outro; o primeiro está na linha {line}.";
    MissingTranslation "missing_translation" Error
        es "Falta el texto en el idioma `{lang}`.", "Agregá `{lang}`: un texto por idioma necesita es, en y pt."
        en "The text in {lang} is missing.", "Add `{lang}`: a text per language needs es, en and pt."
        pt "Falta o texto em {lang}.", "Adicione `{lang}`: um texto por idioma precisa de es, en e pt.";
    WrongDefault "wrong_default" Error
        es "El valor por omisión no es {expected}.", "Corregilo o quitalo."
        en "The default is not {expected}.", "Correct it or leave it out."
        pt "O valor padrão não é {expected}.", "Corrija-o ou retire-o.";
    ChoiceWithoutOptions "choice_without_options" Error
        es "Una pregunta de tipo `choice` necesita opciones.", "Agregá `options`."
        en "A `choice` needs options.", "Add `options`."
        pt "Uma pergunta do tipo `choice` precisa de opções.", "Adicione `options`.";
    UnknownConnector "unknown_connector" Error
        es "No existe el conector `{name}`.", "Los conectores son {known}."
        en "There is no connector `{name}`.", "The connectors are {known}."
        pt "Não existe o conector `{name}`.", "Os conectores são {known}.";
    WrongConnection "wrong_connection" Error
        es "Aquí va una conexión de `{expected}`, y `{name}` es {found}.", "Usá una pregunta de tipo `connection` con `connector: {expected}`."
        en "This must be a connection of `{expected}`, and `{name}` is {found}.", "Use an input of type `connection` with `connector: {expected}`."
        pt "Aqui vai uma conexão de `{expected}`, e `{name}` é {found}.", "Use uma pergunta do tipo `connection` com `connector: {expected}`.";
    TriggerSource "trigger_source" Error
        es "El disparador debe tener exactamente uno de `event`, `webhook`, `schedule`, `sensor` o `manual`.", "Dejá solo uno."
        en "The trigger must have exactly one of `event`, `webhook`, `schedule`, `sensor` or `manual`.", "Keep only one."
        pt "O gatilho deve ter exatamente um de `event`, `webhook`, `schedule`, `sensor` ou `manual`.", "Deixe só um.";
    NeverStarts "never_starts" Error
        es "La condición del disparador nunca se cumple.", "Corregí la condición, o desactivá el flujo."
        en "The trigger's condition never holds.", "Correct the condition, or switch the workflow off."
        pt "A condição do gatilho nunca se cumpre.", "Corrija a condição, ou desative o fluxo.";
    UnknownEvent "unknown_event" Error
        es "No existe el evento `{name}`.", "Los propios empiezan con `custom.` o `webhook.`."
        en "There is no event `{name}`.", "Events of your own begin with `custom.` or `webhook.`."
        pt "Não existe o evento `{name}`.", "Os próprios começam com `custom.` ou `webhook.`.";
    BadCron "bad_cron" Error
        es "La línea cron no sirve: {detail}.", "Escribí cinco campos: minuto, hora, día, mes y día de la semana, como `0 9 * * mon-fri`."
        en "The cron line will not do: {detail}.", "Write five fields: minute, hour, day, month and day of week, such as `0 9 * * mon-fri`."
        pt "A linha cron não serve: {detail}.", "Escreva cinco campos: minuto, hora, dia, mês e dia da semana, como `0 9 * * mon-fri`.";
    ImpossibleCron "impossible_cron" Error
        es "La línea cron `{cron}` nunca llega.", "Revisá el día y el mes: ninguna fecha cumple los dos."
        en "The time of the cron line `{cron}` never comes.", "Look at the day and the month: no date has both."
        pt "A linha cron `{cron}` nunca chega.", "Verifique o dia e o mês: nenhuma data cumpre os dois.";
    BadZone "bad_zone" Error
        es "No existe la zona horaria `{name}`.", "Usá un nombre IANA como `America/Argentina/Buenos_Aires`."
        en "There is no time zone `{name}`.", "Use an IANA name such as `America/Argentina/Buenos_Aires`."
        pt "Não existe o fuso horário `{name}`.", "Use um nome IANA como `America/Sao_Paulo`.";
    BadDuration "bad_duration" Error
        es "La duración no sirve: {detail}.", "Escribí algo como `30m`, `1h30m` o `5d`."
        en "The duration will not do: {detail}.", "Write something like `30m`, `1h30m` or `5d`."
        pt "A duração não serve: {detail}.", "Escreva algo como `30m`, `1h30m` ou `5d`.";
    BadWindow "bad_window" Error
        es "El horario no sirve: {detail}.", "Usá días como `mon-fri` y horas como `09:00`."
        en "The window will not do: {detail}.", "Use days such as `mon-fri` and times such as `09:00`."
        pt "O horário não serve: {detail}.", "Use dias como `mon-fri` e horas como `09:00`.";
    BadSensorRule "bad_sensor_rule" Error
        es "La regla del sensor no sirve: {detail}.", "Corregí `{field}`."
        en "The sensor rule will not do: {detail}.", "Mend `{field}`."
        pt "A regra do sensor não serve: {detail}.", "Corrija `{field}`.";
    WaitShape "wait_shape" Error
        es "La espera debe tener `for`, `until` o `window`; `window` puede acompañar a `for`.", "Dejá solo lo que hace falta."
        en "A wait must have `for`, `until` or `window`; `window` may follow `for`.", "Keep only what is needed."
        pt "A espera deve ter `for`, `until` ou `window`; `window` pode acompanhar `for`.", "Deixe só o necessário.";
    WaitForShape "wait_for_shape" Error
        es "`wait_for` debe tener un `event` o una lista `any`.", "Dejá uno de los dos."
        en "`wait_for` must have one `event` or a list `any`.", "Keep one of the two."
        pt "`wait_for` deve ter um `event` ou uma lista `any`.", "Deixe um dos dois.";
    MissingMatch "missing_match" Error
        es "No dice qué evento `{name}` es el de esta ejecución.", "Agregá `match` con al menos un campo, como `match: { contact: \"${event.contact}\" }`."
        en "It does not say which `{name}` event belongs to this run.", "Add `match` with at least one field, such as `match: { contact: \"${event.contact}\" }`."
        pt "Não diz qual evento `{name}` é o desta execução.", "Adicione `match` com pelo menos um campo, como `match: { contact: \"${event.contact}\" }`.";
    UnknownAction "unknown_action" Error
        es "No existe la acción `{name}`.", "Elegí una de la lista de acciones."
        en "There is no action `{name}`.", "Choose one from the list of actions."
        pt "Não existe a ação `{name}`.", "Escolha uma da lista de ações.";
    UnknownParameter "unknown_parameter" Error
        es "`{action}` no tiene el parámetro `{name}`.", "Los parámetros son {known}."
        en "`{action}` has no parameter `{name}`.", "The parameters are {known}."
        pt "`{action}` não tem o parâmetro `{name}`.", "Os parâmetros são {known}.";
    MissingParameter "missing_parameter" Error
        es "Falta el parámetro `{name}` de `{action}`.", "Agregalo en `with`."
        en "The parameter `{name}` of `{action}` is missing.", "Add it under `with`."
        pt "Falta o parâmetro `{name}` de `{action}`.", "Adicione-o em `with`.";
    BadParameter "bad_parameter" Error
        es "El parámetro `{name}` de `{action}` no sirve: {detail}.", "Corregilo según la descripción de la acción."
        en "The parameter `{name}` of `{action}` will not do: {detail}.", "Correct it by the action's description."
        pt "O parâmetro `{name}` de `{action}` não serve: {detail}.", "Corrija-o conforme a descrição da ação.";
    SendWithoutConsent "send_without_consent" Error
        es "`{action}` escribe a una persona y nada dice con qué permiso.", "Agregá `purpose` al flujo o al paso: marketing, transactional, service o internal."
        en "`{action}` writes to a person and nothing says by what consent.", "Add `purpose` to the workflow or the step: marketing, transactional, service or internal."
        pt "`{action}` escreve a uma pessoa e nada diz com que permissão.", "Adicione `purpose` ao fluxo ou ao passo: marketing, transactional, service ou internal.";
    FallbackNeverUsed "fallback_never_used" Error
        es "`{action}` nunca rechaza: el `fallback` no se usaría.", "Quitá el `fallback`, o usá `on_error` para las fallas."
        en "`{action}` never refuses: the `fallback` would not be used.", "Leave `fallback` out, or use `on_error` for failures."
        pt "`{action}` nunca recusa: o `fallback` não seria usado.", "Retire o `fallback`, ou use `on_error` para as falhas.";
    EmptySplit "empty_split" Error
        es "El reparto no tiene ningún camino con peso.", "Dale a cada camino un peso, como `split: { a: 50, b: 50 }`."
        en "The split has no path with a weight.", "Give each path a weight, such as `split: { a: 50, b: 50 }`."
        pt "A divisão não tem nenhum caminho com peso.", "Dê a cada caminho um peso, como `split: { a: 50, b: 50 }`.";
    PathWithoutWeight "path_without_weight" Error
        es "El camino `{name}` no tiene peso.", "Agregalo a `split`."
        en "The path `{name}` has no weight.", "Add it to `split`."
        pt "O caminho `{name}` não tem peso.", "Adicione-o a `split`.";
    WeightWithoutPath "weight_without_path" Error
        es "El peso `{name}` no tiene camino.", "Agregalo a `paths`, vacío si no debe hacer nada: `{name}: []`."
        en "The weight `{name}` has no path.", "Add it to `paths`, empty when nothing is to be done: `{name}: []`."
        pt "O peso `{name}` não tem caminho.", "Adicione-o a `paths`, vazio se não deve fazer nada: `{name}: []`.";
    EmptyParallel "empty_parallel" Error
        es "`parallel` no tiene ningún camino.", "Agregá al menos uno."
        en "`parallel` has no path.", "Add at least one."
        pt "`parallel` não tem nenhum caminho.", "Adicione pelo menos um.";
    AskWithoutAnswers "ask_without_answers" Error
        es "La pregunta no tiene respuestas con nombre.", "Agregá `answers`, como `{ yes: Sí, no: No }`."
        en "The question has no named answers.", "Add `answers`, such as `{ yes: Yes, no: No }`."
        pt "A pergunta não tem respostas com nome.", "Adicione `answers`, como `{ yes: Sim, no: Não }`.";
    UnknownAnswer "unknown_answer" Error
        es "`{name}` no es una de las respuestas.", "Las respuestas son {known}."
        en "`{name}` is not one of the answers.", "The answers are {known}."
        pt "`{name}` não é uma das respostas.", "As respostas são {known}.";
    BadExpression "bad_expression" Error
        es "La expresión no se entiende: {detail}.", "Revisá paréntesis, comillas y operadores."
        en "The expression cannot be understood: {detail}.", "Look at brackets, quotes and operators."
        pt "A expressão não pode ser entendida: {detail}.", "Verifique parênteses, aspas e operadores.";
    UnknownName "unknown_name" Error
        es "La expresión usa `{name}`, que no existe.", "Podés usar {known}. Si es un texto, ponelo entre comillas dobles: `\"{name}\"`."
        en "The expression uses `{name}`, which does not exist.", "You can use {known}. If it is a text, put it in double quotes: `\"{name}\"`."
        pt "A expressão usa `{name}`, que não existe.", "Pode usar {known}. Se é um texto, coloque-o entre aspas duplas: `\"{name}\"`.";
    UnknownFunction "unknown_function" Error
        es "No existe la función `{name}`.", "Elegí una de la lista de funciones, o definila en un `script` con `fn`."
        en "There is no function `{name}`.", "Choose one from the list of functions, or define it in a `script` with `fn`."
        pt "Não existe a função `{name}`.", "Escolha uma da lista de funções, ou defina-a em um `script` com `fn`.";
    WrongValueCount "wrong_value_count" Error
        es "`{name}` recibe otra cantidad de valores entre paréntesis: {taken}, y hay {given}.", "Agregá o quitá valores."
        en "`{name}` takes another number of values in brackets: {taken}, and is given {given}.", "Add or remove values."
        pt "`{name}` recebe outra quantidade de valores entre parênteses: {taken}, e há {given}.", "Adicione ou retire valores.";
    NotInScope "not_in_scope" Error
        es "`{name}` no se puede usar aquí.", "Aquí podés usar {known}."
        en "`{name}` cannot be used here.", "Here you can use {known}."
        pt "`{name}` não pode ser usado aqui.", "Aqui pode usar {known}.";
    UnknownProperty "unknown_property" Error
        es "`{of}` no tiene `{name}`.", "Tiene {known}."
        en "`{of}` has no `{name}`.", "It has {known}."
        pt "`{of}` não tem `{name}`.", "Tem {known}.";
    UnknownInput "unknown_input" Error
        es "No hay ninguna pregunta `{name}` en `inputs`.", "Agregala a `inputs`."
        en "There is no `{name}` in `inputs`.", "Add it to `inputs`."
        pt "Não há nenhuma pergunta `{name}` em `inputs`.", "Adicione-a a `inputs`.";
    UnknownStep "unknown_step" Error
        es "No existe el paso `{name}`.", "Usá el `id` de un paso anterior."
        en "There is no step `{name}`.", "Use the `id` of an earlier step."
        pt "Não existe o passo `{name}`.", "Use o `id` de um passo anterior.";
    StepNotRun "step_not_run" Error
        es "El paso `{name}` nunca se ejecuta antes de este.", "Usá un paso anterior en el mismo camino."
        en "The step `{name}` never runs before this one.", "Use an earlier step on the same path."
        pt "O passo `{name}` nunca é executado antes deste.", "Use um passo anterior no mesmo caminho.";
    NoOutput "no_output" Error
        es "El paso `{name}` no deja ningún resultado.", "Usá el resultado de otro paso, como uno de adentro, o guardá antes un valor con `set`."
        en "The step `{name}` leaves no result.", "Use the result of another step, such as one inside it, or keep a value with `set` before."
        pt "O passo `{name}` não deixa nenhum resultado.", "Use o resultado de outro passo, como um de dentro, ou guarde antes um valor com `set`.";
    VariableNotSet "variable_not_set" Error
        es "Ningún paso anterior guarda `vars.{name}`.", "Guardala antes con `set`."
        en "No earlier step sets `vars.{name}`.", "Set it before with `set`."
        pt "Nenhum passo anterior guarda `vars.{name}`.", "Guarde-a antes com `set`.";
    UnreachableStep "unreachable_step" Error
        es "El paso `{name}` nunca se ejecuta.", "Quitalo, o corregí el `stop`, `goto` o la condición que lo deja afuera."
        en "The step `{name}` never runs.", "Leave it out, or correct the `stop`, `goto` or condition that cuts it off."
        pt "O passo `{name}` nunca é executado.", "Retire-o, ou corrija o `stop`, `goto` ou a condição que o exclui.";
    UnknownTarget "unknown_target" Error
        es "No existe el paso `{name}` al que ir.", "Usá el `id` de un paso de este flujo."
        en "There is no step `{name}` to go to.", "Use the `id` of a step of this workflow."
        pt "Não existe o passo `{name}` para onde ir.", "Use o `id` de um passo deste fluxo.";
    DisabledTarget "disabled_target" Error
        es "El paso `{name}` está dentro de un bloque desactivado.", "Activá el bloque, o andá a otro paso."
        en "The step `{name}` is inside a block that is switched off.", "Switch the block on, or go to another step."
        pt "O passo `{name}` está dentro de um bloco desativado.", "Ative o bloco, ou vá para outro passo.";
    GotoAcrossLanes "goto_across_lanes" Error
        es "`goto` no puede entrar ni salir de un camino de `parallel` o `each`: `{name}` está en otro.", "Andá a un paso del mismo camino."
        en "`goto` can neither enter nor leave a lane of `parallel` or `each`: `{name}` is in another.", "Go to a step of the same lane."
        pt "`goto` não pode entrar nem sair de um caminho de `parallel` ou `each`: `{name}` está em outro.", "Vá para um passo do mesmo caminho.";
    LoopWithoutWait "loop_without_wait" Error
        es "El `goto` a `{name}` da vueltas sin esperar.", "Poné un `wait`, `wait_for` o `ask` entre `{name}` y este paso."
        en "The `goto` to `{name}` goes round without a wait.", "Put a `wait`, `wait_for` or `ask` between `{name}` and this step."
        pt "O `goto` para `{name}` dá voltas sem esperar.", "Coloque um `wait`, `wait_for` ou `ask` entre `{name}` e este passo.";
    GotoWithoutLimit "goto_without_limit" Error
        es "Un `goto` hacia atrás necesita un límite de vueltas.", "Agregá `limit`, como `limit: 3`."
        en "A backward `goto` needs a limit.", "Add `limit`, such as `limit: 3`."
        pt "Um `goto` para trás precisa de um limite de voltas.", "Adicione `limit`, como `limit: 3`.";
}

#[cfg(test)]
mod tests {
    use super::Code;
    use crate::catalog::Lang;

    /// `{name}` placeholders of a sentence.
    fn placeholders(sentence: &str) -> Vec<&str> {
        let mut found: Vec<&str> = sentence
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
            .filter(|name| name.chars().all(|c| c.is_ascii_lowercase()))
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    #[test]
    fn every_kind_speaks_every_language() {
        for code in Code::ALL {
            for words in [code.message(), code.hint()] {
                for lang in Lang::ALL {
                    let sentence = words.get(lang);
                    assert!(sentence.len() > 5, "{code:?} {lang:?}");
                    assert_eq!(
                        placeholders(sentence),
                        placeholders(words.en),
                        "{code:?} {lang:?} names other values than English"
                    );
                }
                assert_ne!(words.es, words.en, "{code:?}");
                assert_ne!(words.pt, words.en, "{code:?}");
            }
        }
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
    }
}
