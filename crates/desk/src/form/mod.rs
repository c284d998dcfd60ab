//! The report form as data: reading and checking it, walking through it, taking answers, making a report of them.

mod check;
mod fault;
mod files;
mod model;
mod parse;
mod texts;

pub use crate::data::{FormProblem, Text};
pub use fault::{FaultCode, FieldError, FieldProblem};
pub use files::FormFiles;
pub use model::{
    Choice, Condition, Currency, Flag, Form, Kind, On, Question, Role, SeverityRule, Step,
    Suggestion, Words,
};
