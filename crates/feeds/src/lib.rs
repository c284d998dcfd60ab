//! Machine reports: bytes in, observations or numbered rejects out. A format is a parser and nothing else: it knows no
//! socket, no database and no clock. Reports are read in chunks, never whole; an observation borrows its text from the
//! chunk, and says by offset and length where in the report it stood.
//!
//! The way of a row: [`parser::Parser`] finds its bytes, the format gives them fields ([`field::Field`]), each field's type
//! makes its value clean ([`types`]), and the row lands in a [`batch::Batch`], or in its list of rejects with a cause.
//! [`wire`] prints and reads `IntelMQ`'s data format.

pub mod archive;
pub mod batch;
pub mod data;
mod feeder;
pub mod field;
pub mod formats;
pub mod functions;
pub mod limits;
pub mod mapping;
pub mod parser;
mod quick;
pub mod reject;
pub mod rows;
pub mod schema;
pub mod shadowserver;
pub mod stream;
pub mod taxonomy;
pub mod types;
pub mod value;
pub mod wire;
