//! How much a hand-off keeps.

use serde::{Deserialize, Serialize};

use super::fold::HandoffAct;
use super::packet::Asked;
use crate::checked_name::is_name;

const MAX_NAME: usize = 256;
const MAX_TEXT: usize = 4 * 1024;
const MAX_ANSWER: usize = 16 * 1024;
const MAX_QUESTIONS: usize = 200;
const MAX_ASKED: usize = 256 * 1024;

/// Why a hand-off does not keep what it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HandoffLimit {
    /// The id of an act or a conversation, a skill, an agent or a question is empty, over 256 bytes, or has control characters.
    Name,
    /// The reason, or where the transcript is, is over 4 KiB, or an answer over 16 KiB.
    Text,
    /// More than 200 questions, or questions and answers of over 256 KiB in all.
    Asked,
}

impl HandoffLimit {
    pub(crate) fn of_name(name: &str) -> Result<(), Self> {
        if is_name(name, MAX_NAME) { Ok(()) } else { Err(Self::Name) }
    }

    pub(crate) fn of_text(text: &str) -> Result<(), Self> {
        if text.len() <= MAX_TEXT { Ok(()) } else { Err(Self::Text) }
    }

    pub(crate) fn of_asked(asked: &[Asked]) -> Result<(), Self> {
        if asked.len() > MAX_QUESTIONS {
            return Err(Self::Asked);
        }
        let mut bytes = 0_usize;
        for Asked { question, answer } in asked {
            Self::of_name(question)?;
            let answer = answer.as_ref().map_or(0, |answer| answer.reveal().len());
            if answer > MAX_ANSWER {
                return Err(Self::Text);
            }
            bytes = bytes.saturating_add(question.len()).saturating_add(answer);
        }
        if bytes <= MAX_ASKED { Ok(()) } else { Err(Self::Asked) }
    }
}

impl HandoffAct {
    /// Whether it can be kept: the skill and the agent are names of 1 to 256 bytes without control characters.
    ///
    /// # Errors
    /// [`HandoffLimit::Name`].
    ///
    /// ```
    /// use throughline::journey::{HandoffAct, HandoffLimit};
    /// assert_eq!(HandoffAct::Accepted { agent: "Мария".into() }.check(), Ok(()));
    /// assert_eq!(HandoffAct::Accepted { agent: "".into() }.check(), Err(HandoffLimit::Name));
    /// ```
    pub fn check(&self) -> Result<(), HandoffLimit> {
        match self {
            Self::Requested { skill, .. } => HandoffLimit::of_name(skill),
            Self::Accepted { agent }
            | Self::Declined { agent }
            | Self::Started { agent }
            | Self::Returned { agent }
            | Self::Closed { agent } => HandoffLimit::of_name(agent),
        }
    }
}
