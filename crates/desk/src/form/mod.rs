//! The report form as data: reading and checking it, walking through it, taking answers, making a report of them.

mod accept;
mod bag;
mod check;
mod draft;
mod example;
mod fault;
mod files;
mod flow;
mod json;
mod model;
mod parse;
mod progress;
mod sections;
mod steps;
mod submission;
mod suggest;
mod texts;
mod value;

pub use crate::data::{FormProblem, Text};
pub use accept::{Asked, StepErrors};
pub use bag::{BagTooLarge, FIELD_BYTES_MAX, FIELDS_MAX, FieldBag};
pub use draft::Extras;
pub use fault::{FaultCode, FieldError, FieldProblem};
pub use files::FormFiles;
pub use model::{
    Choice, Condition, Flag, Form, Kind, On, Question, Role, SeverityRule, Step, Suggestion, Words,
};
pub use progress::{Progress, Rejected};
pub use sections::{Given, Row, Section};
pub use submission::{JSON_BYTES_MAX, PROBLEMS_MAX};
pub use suggest::Suggested;
pub(crate) use value::is_email;
