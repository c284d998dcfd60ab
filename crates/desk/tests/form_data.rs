//! The form that is built in has no problems.

use cairn_desk::form::{Form, FormFiles};

#[test]
fn the_embedded_form_has_no_problems() {
    if let Err(problems) = Form::parse(&FormFiles::embedded()) {
        let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
        panic!("{} problems:\n{}", lines.len(), lines.join("\n"));
    }
}
