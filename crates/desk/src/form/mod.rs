//! The report form as data: reading and checking it, walking through it, taking answers, making a report of them.

mod accept;
mod bag;
mod check;
mod fault;
mod files;
mod flow;
mod model;
mod parse;
mod progress;
mod suggest;
mod texts;
mod value;

pub use crate::data::{FormProblem, Text};
pub use accept::{Asked, StepErrors};
pub use bag::{BagTooLarge, FIELD_BYTES_MAX, FIELDS_MAX, FieldBag};
pub use fault::{FaultCode, FieldError, FieldProblem};
pub use files::FormFiles;
pub use model::{
    Choice, Condition, Flag, Form, Kind, On, Question, Role, SeverityRule, Step, Suggestion, Words,
};
pub use progress::{Progress, Rejected};
pub use suggest::Suggested;
