//! What a person does with a conversation, with the real host and the real engine.

use canteen_app::call::{ById, Call};
use canteen_app::client::{self, Client, ClientError};
use canteen_app::wire::{
    Attachment, ChangeChatSettings, ChatEvent, ChatOptions, ChatSettings, Conversation, ConversationLine, FoundConversations,
    LogCheck, Message, SendMessage, TokenCount,
};
use canteen_tests::{Home, Organisation, Parts};
use canteen_types::ConversationId;
use canteen_types::frames::Role;
use serde::Deserialize;

async fn ready() -> (Home, Client) {
    let home = Home::start(Parts::HEADLESS).unwrap();
    let _company = Organisation::with_tiny(&home, "max_answer_tokens = 400").unwrap();
    home.canteen(["install", "tiny"]).unwrap().succeeded().unwrap();
    let client = client::connect_or_start(&home.environment()).await.unwrap();
    (home, client)
}

fn say(conversation: Option<ConversationId>, text: &str) -> SendMessage {
    SendMessage {
        conversation,
        model: "tiny".parse().unwrap(),
        text: text.into(),
        attachments: Vec::new(),
        replaces: None,
        settings: None,
    }
}

/// Where it stands, and the whole answer.
async fn answered(client: &mut Client, request: SendMessage) -> (ConversationId, Message) {
    let mut stream = client.chat(request).await.unwrap();
    let (mut place, mut pieces) = (None, String::new());
    while let Some(event) = stream.next().await.unwrap() {
        match event {
            ChatEvent::Accepted { conversation, .. } => place = Some(conversation),
            ChatEvent::Piece { text } => pieces.push_str(&text),
            ChatEvent::Done { message } => {
                assert_eq!(message.text, pieces);
                return (place.unwrap(), message);
            }
            ChatEvent::Failed { fault, .. } => panic!("{fault:?}"),
            ChatEvent::Starting { .. } => {}
        }
    }
    panic!("no end");
}

async fn whole(client: &mut Client, id: ConversationId) -> Conversation {
    client.call(Call::GetConversation(ById { id })).await.unwrap()
}

fn code<T: std::fmt::Debug>(result: Result<T, ClientError>) -> String {
    match result {
        Err(ClientError::Fault(fault)) => fault.code,
        other => panic!("{other:?}"),
    }
}

/// Likely tokens differ, but a seed fixes them.
fn seeded(seed: u32) -> ChatSettings {
    ChatSettings { temperature: Some(1.0), max_answer_tokens: Some(20), seed: Some(seed), ..ChatSettings::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_edited_and_an_answer_is_given_again() {
    let (home, mut client) = ready().await;
    let first = SendMessage { settings: Some(seeded(7)), ..say(None, "Say one thing") };
    let (id, answer) = answered(&mut client, first).await;
    assert_eq!(answer.answer_tokens, Some(20), "the longest answer that was chosen");
    answered(&mut client, say(Some(id), "And another")).await;
    let before = whole(&mut client, id).await;
    assert_eq!(before.messages.len(), 4);

    // Given again with the same seed it is the same answer; with another, another.
    let again = |of: &Conversation| SendMessage { replaces: Some(of.messages[3].id), ..say(Some(id), "") };
    let (_, same) = answered(&mut client, again(&before)).await;
    assert_eq!(same.text, before.messages[3].text);
    assert_ne!(same.id, before.messages[3].id);
    let settings = ChangeChatSettings { id, settings: seeded(8) };
    client.call::<()>(Call::ChangeChatSettings(settings)).await.unwrap();
    let now = whole(&mut client, id).await;
    assert_eq!(now.settings, seeded(8));
    let (_, other) = answered(&mut client, again(&now)).await;
    assert_ne!(other.text, same.text);

    // Edited: what followed it goes, and the title follows the first words.
    let now = whole(&mut client, id).await;
    let edit = SendMessage { replaces: Some(now.messages[0].id), ..say(Some(id), "Say it better") };
    answered(&mut client, edit).await;
    let after = whole(&mut client, id).await;
    let said: Vec<(Role, &str)> = after.messages.iter().map(|message| (message.role, message.text.as_str())).take(1).collect();
    assert_eq!((after.messages.len(), said), (2, vec![(Role::User, "Say it better")]));
    assert_eq!(after.line.title, "Say it better");

    // What is gone cannot be replaced, and nothing is lost by trying.
    let gone = SendMessage { replaces: Some(before.messages[3].id), ..say(Some(id), "") };
    assert_eq!(code(client.chat(gone).await.unwrap().next().await), "app.unknown");
    assert_eq!(whole(&mut client, id).await, after);

    #[derive(Deserialize)]
    struct Log {
        rows: Vec<Row>,
        check: Option<LogCheck>,
    }
    #[derive(Deserialize)]
    struct Row {
        kind: String,
        text: String,
    }
    let log: Log = home.json(&["log", "--verify"]).unwrap();
    let rewritten: Vec<&str> =
        log.rows.iter().filter(|row| row.kind == "conversation.rewritten").map(|row| row.text.as_str()).collect();
    let expected = [
        "1 message of a conversation replaced (regenerated)",
        "1 message of a conversation replaced (regenerated)",
        "4 messages of a conversation replaced (edited)",
    ];
    assert_eq!(rewritten, expected);
    assert!(log.rows.iter().all(|row| !row.text.contains("better")), "no word of a message is in the log");
    assert_eq!(log.check.unwrap().broken_at, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_counted_where_the_model_runs_and_estimated_where_it_does_not() {
    let (home, mut client) = ready().await;
    let draft = say(None, "How long is this?");
    let guessed: TokenCount = client.call(Call::CountTokens(draft.clone())).await.unwrap();
    assert!(!guessed.exact && guessed.tokens > 0, "{guessed:?}");
    assert_eq!((guessed.context_tokens, guessed.max_answer_tokens), (512, 400));

    let (id, answer) = answered(&mut client, draft.clone()).await;
    let counted: TokenCount = client.call(Call::CountTokens(draft)).await.unwrap();
    assert_eq!((counted.exact, counted.context_tokens), (true, 512), "what the engine has allocated");
    assert_eq!(Some(counted.tokens), answer.prompt_tokens, "as many as were read");

    // A file counts, too, and what does not fit is refused with a sentence, before or after.
    let file = Attachment { name: "long.txt".into(), text: "x".repeat(4000) };
    let long = SendMessage { attachments: vec![file], ..say(Some(id), "And this file?") };
    let counted: TokenCount = client.call(Call::CountTokens(long.clone())).await.unwrap();
    assert!(counted.exact && counted.tokens > counted.context_tokens, "{counted:?}");
    let mut stream = client.chat(long).await.unwrap();
    let failed = loop {
        match stream.next().await.unwrap() {
            Some(ChatEvent::Failed { fault, .. }) => break fault.code,
            Some(_) => {}
            None => panic!("no end"),
        }
    };
    assert_eq!(failed, "app.context_full");

    home.canteen(["stop", "--all"]).unwrap().succeeded().unwrap();
    let guessed: TokenCount = client.call(Call::CountTokens(say(Some(id), ""))).await.unwrap();
    assert!(!guessed.exact && guessed.tokens > 512, "by what was read before: {guessed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_chosen_has_bounds() {
    let (_home, mut client) = ready().await;
    let options: ChatOptions = client.call(Call::GetChatOptions(ById { id: "tiny".parse().unwrap() })).await.unwrap();
    assert_eq!((options.max_answer_tokens.high, options.defaults.max_answer_tokens), (512.0, Some(400)));
    let hot = ChatSettings { temperature: Some(9.0), ..ChatSettings::default() };
    let begin = SendMessage { settings: Some(hot.clone()), ..say(None, "Hello") };
    assert_eq!(code(client.chat(begin).await.unwrap().next().await), "app.choice");
    assert_eq!(client.call::<Vec<ConversationLine>>(Call::ListConversations).await.unwrap(), []);

    let (id, _) = answered(&mut client, SendMessage { settings: Some(seeded(1)), ..say(None, "Hello") }).await;
    let change = ChangeChatSettings { id, settings: hot };
    assert_eq!(code(client.call::<()>(Call::ChangeChatSettings(change)).await), "app.choice");
    let change = ChangeChatSettings { id, settings: ChatSettings::default() };
    client.call::<()>(Call::ChangeChatSettings(change)).await.unwrap();
    assert_eq!(whole(&mut client, id).await.settings, ChatSettings::default(), "reset to what the entry says");

    // Instructions are read by the model: the prompt grows by them.
    let bare: TokenCount = client.call(Call::CountTokens(say(None, "Hello"))).await.unwrap();
    let told = ChatSettings { instructions: Some("Be brief.".into()), ..ChatSettings::default() };
    let told = SendMessage { settings: Some(told), ..say(None, "Hello") };
    let told: TokenCount = client.call(Call::CountTokens(told)).await.unwrap();
    assert!(bare.exact && told.exact && told.tokens > bare.tokens, "{bare:?} {told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn conversations_are_found_named_written_and_deleted_from_the_command_line() {
    let (home, mut client) = ready().await;
    let file = Attachment { name: "notes.txt".into(), text: "Grüße aus der Küche".into() };
    let request = SendMessage { attachments: vec![file], settings: Some(seeded(7)), ..say(None, "Zwei Überschriften, bitte") };
    let (id, answer) = answered(&mut client, request).await;
    let id = id.to_string();
    let found: FoundConversations = home.json(&["conversations", "list", "--search", "ÜBERSCHRIFTEN"]).unwrap();
    assert_eq!(found.found.len(), 1);
    home.canteen(["conversations", "rename", &id, "  My\ttitle "]).unwrap().succeeded().unwrap();
    home.canteen(["conversations", "rename", &id, " "]).unwrap().refused("app.title").unwrap();
    let lines: Vec<ConversationLine> = home.json(&["conversations"]).unwrap();
    assert_eq!(lines[0].title, "My title");

    for expected in ["My title.md", "My title (2).md"] {
        home.canteen(["conversations", "export", &id]).unwrap().succeeded().unwrap();
        let day = lines[0].updated.to_string().get(..10).unwrap().to_owned();
        let text = fs_err::read_to_string(home.downloads().join(format!("{day} {expected}"))).unwrap();
        for part in ["# My title", "entry `tiny`, version 1, `sha256:", "Zwei Überschriften", "Grüße aus der Küche"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
    let json = home.path("talk.json");
    let output = json.display().to_string();
    let arguments = ["conversations", "export", &id, "--format", "json", "--output", &output];
    home.canteen(arguments).unwrap().succeeded().unwrap();
    let value: serde_json::Value = serde_json::from_slice(&fs_err::read(&json).unwrap()).unwrap();
    assert_eq!(value["messages"][1]["text"], answer.text);
    assert_eq!(value["messages"][1]["model"]["entry"], "tiny");
    assert_eq!(value["messages"][0]["attachments"][0]["name"], "notes.txt");
    assert!(home.canteen(arguments).unwrap().succeeded().is_err(), "nothing is overwritten");

    home.canteen(["run", "tiny", "--conversation", &id, "Go on"]).unwrap().succeeded().unwrap();
    let shown: Conversation = home.json(&["conversations", "show", &id]).unwrap();
    assert_eq!((shown.messages.len(), shown.line.title.as_str()), (4, "My title"));
    home.canteen(["conversations", "delete", &id]).unwrap().succeeded().unwrap();
    home.canteen(["conversations", "delete", &id]).unwrap().refused("app.unknown").unwrap();
}
