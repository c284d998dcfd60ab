//! Sums of budget lines, exactly.

use std::collections::BTreeMap;

use super::parts::number;
use super::words::{self as w, Lang};
use crate::plan::{Budget, BudgetState, Decimal};

/// `NZD 120,000 set aside, NZD 71,250 spent`.
pub(crate) fn summary(lang: Lang, budgets: &[Budget]) -> String {
    let mut said = Vec::new();
    for state in [BudgetState::Allocated, BudgetState::Drawn] {
        let mut by_currency: BTreeMap<&str, Vec<Decimal>> = BTreeMap::new();
        for one in budgets.iter().filter(|one| one.state == state) {
            by_currency
                .entry(&one.currency)
                .or_default()
                .push(one.amount);
        }
        for (currency, amounts) in by_currency {
            let amount = format!("{currency} {}", number(&sum(&amounts)));
            said.push(match state {
                BudgetState::Allocated => w::set_aside(lang, amount),
                BudgetState::Drawn => w::spent(lang, amount),
            });
        }
    }
    if said.is_empty() {
        return w::no_money_short(lang).to_owned();
    }
    said.join(", ")
}

/// The exact sum, with as many decimals as the amount that has most.
fn sum(amounts: &[Decimal]) -> String {
    let decimals = amounts.iter().map(|one| one.decimals()).max().unwrap_or(0);
    let units = amounts.iter().map(|one| {
        let digits: String = one.to_string().chars().filter(|c| *c != '.').collect();
        // 18 digits and as many decimals fit.
        let zeros = 10_i128.pow(u32::from(decimals - one.decimals()));
        digits.parse::<i128>().unwrap_or_default() * zeros
    });
    let total = units.fold(0, i128::saturating_add);
    let width = usize::from(decimals) + 1;
    let digits = format!("{:0>width$}", total.unsigned_abs());
    let (whole, part) = digits.split_at(digits.len() - usize::from(decimals));
    let sign = if total < 0 { "-" } else { "" };
    if part.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{part}")
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn sums_are_exact() {
        let sum = |texts: &[&str]| {
            super::sum(
                &texts
                    .iter()
                    .map(|text| text.parse().unwrap())
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(sum(&["0.1", "0.2"]), "0.3");
        assert_eq!(sum(&["18000.50", "2"]), "18002.50");
        assert_eq!(sum(&["-0.05"]), "-0.05");
        assert_eq!(
            sum(&["99999999999999", "0.00000001"]),
            "99999999999999.00000001"
        );
        assert_eq!(sum(&["60", "15"]), "75");
    }
}
