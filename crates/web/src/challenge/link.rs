//! Where the link of an office's answer leads.

use cairn_app::track::Plans;

use crate::i18n::Lang;
use crate::page::Page;

/// The address to which a typed link leads: a page of a plan that is shown here leads to the same page in the reader's
/// language, where the plan has it; our other pages are in the reader's language by themselves, and all else is as typed.
pub(crate) fn leads(page: &Page, plans: &Plans, typed: &str) -> String {
    let own = typed.strip_prefix(page.site.public_url.as_str());
    let local = own.filter(|rest| rest.starts_with('/')).unwrap_or(typed);
    twin(page.lang, plans, local).unwrap_or_else(|| typed.to_owned())
}

fn twin(l: Lang, plans: &Plans, local: &str) -> Option<String> {
    let end = local.find(['?', '#']).unwrap_or(local.len());
    let (path, rest) = local.split_at_checked(end)?;
    let (id, path) = path.strip_prefix("/track/")?.split_once('/')?;
    let lang = match l {
        Lang::En => cairn_track::site::Lang::En,
        Lang::Mi => cairn_track::site::Lang::Mi,
    };
    let path = cairn_track::site::in_language(path, lang)?;
    plans.get(id)?.file(&path)?;
    Some(format!("/track/{id}/{path}{rest}"))
}
