//! What the chatbot asked, the agent of the call centre knows.

use throughline::channel::Channel;
use throughline::hub::{HandoffOutcome, HandoffRequest};
use throughline::journey::{Asked, ConversationOwner, HandoffAct, HandoffState, PacketSettings, Speech};
use throughline::pii::Pii;
use throughline::text::Direction;
use throughline::time::TimeDelta;

use crate::Told;
use crate::page::{Page, Table, text};
use crate::words;
use crate::world::World;

const CHAT: &str = "محادثة-٩";

pub(crate) fn show(world: &World, page: &mut Page) -> Told {
    page.section("Layla's question: bot, queue, agent, and back")?;
    world.at("18:00")?;
    let layla = world.person("layla", "ليلى", "ar-EG")?;
    world.record(
        r#"{"type":"track","event":"Message Received","messageId":"l1","userId":"layla","properties":{"text":"أين طلبي؟"},"context":{"channel":"chat"}}"#,
    )?;
    let asked = [
        Asked { question: "order number".into(), answer: Some(Pii::new("٤٧١١".into())) },
        Asked {
            question: "delivery address".into(), answer: Some(Pii::new("شارع النيل ٥".into()))
        },
        Asked { question: "telephone".into(), answer: None },
    ];
    let request = HandoffRequest {
        id: "ask-1",
        conversation: CHAT,
        reason: "parcel is late, customer is upset",
        skill: "parcels",
        asked: &asked,
        transcript: Some("transcripts/9"),
        accept_within: Some(TimeDelta::minutes(5)),
        start_within_seconds: Some(120),
        channel: &Channel::CallCentre,
    };
    let mut table =
        Table::new([text("Time"), text("What happens"), text("Who has it"), text("May the bot answer?")]);
    let mut row = |time: &str, what: &str| -> Told {
        let handoff = world.hub.handoff_of(&layla, CHAT)?.ok_or("she is unknown")?;
        let owner = match &handoff.owner {
            ConversationOwner::Bot => "the bot".to_owned(),
            ConversationOwner::Queue(skill) => format!("the queue for {skill}"),
            ConversationOwner::Agent(agent) => agent.to_string(),
        };
        let bot = match handoff.may_speak(&ConversationOwner::Bot) {
            Speech::Allowed => "yes",
            Speech::HoldingOnly => "only that somebody will come",
            Speech::Refused => "no",
        };
        let late = if handoff.state == Some(HandoffState::Expired) { ": nobody came in time" } else { "" };
        table.row([time.to_owned(), format!("{what}{late}"), owner, bot.to_owned()]);
        Ok(())
    };
    row("18:00", "the bot asks three questions")?;
    world.hub.request_handoff(&layla, &request)?;
    row("18:00", "the bot asks for a person")?;
    world.at("18:06")?;
    row("18:06", "five minutes are over")?;
    let again = HandoffRequest { id: "ask-2", ..request };
    world.hub.request_handoff(&layla, &again)?;
    row("18:06", "the bot asks again")?;
    world.at("18:07")?;
    let act = |id: &str, act| world.hub.handoff_act(&layla, CHAT, id, &act);
    act("accept-1", HandoffAct::Accepted { agent: "Mona".into() })?;
    row("18:07", "Mona takes it")?;
    let told = world.hub.handoff_packet(&layla, CHAT, &world.settings, &PacketSettings::default())?;
    let other = act("accept-2", HandoffAct::Accepted { agent: "Karim".into() })?;
    let refused = matches!(other, HandoffOutcome::Refused { .. });
    row("18:07", if refused { "Karim is a moment too late" } else { "Karim takes it too" })?;
    act("start-1", HandoffAct::Started { agent: "Mona".into() })?;
    row("18:07", "Mona answers")?;
    world.at("18:15")?;
    act("return-1", HandoffAct::Returned { agent: "Mona".into() })?;
    row("18:15", "Mona gives it back")?;
    page.table(&table)?;

    let packet = told.ok_or("Mona is told nothing")?;
    let direction =
        if packet.direction == Some(Direction::Rtl) { "from right to left" } else { "from left to right" };
    let language = packet.language.as_ref().map_or("unknown", |language| language.as_str());
    page.paragraph(&format!(
        "What Mona is told before she says a word: {}. Language {language}, written {direction}; {} on her timeline; the \
         transcript is {}.",
        packet.reason,
        words::plural(packet.timeline.len(), "entry").replace("entrys", "entries"),
        packet.transcript.as_deref().unwrap_or("missing"),
    ))?;
    let mut known = Table::new([text("Question"), text("Answered already")]);
    for asked in &packet.asked {
        let answer = asked.answer.as_ref().map_or("not yet: to be asked", |answer| answer.reveal());
        known.row([&*asked.question, answer]);
    }
    page.table(&known)?;
    let questions = ["order number", "delivery address", "telephone", "convenient time"];
    let left = packet.still_to_ask(&questions);
    page.paragraph(&format!(
        "Of her four questions {} are left; {} need not be asked again.",
        left.len(),
        questions.len() - left.len()
    ))?;
    Ok(())
}
