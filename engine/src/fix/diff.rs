//! Differences of two texts by lines, for people and for `patch`.

use std::fmt::Write;

/// Lines of context around a change.
const CONTEXT: usize = 3;
/// Lines beyond which two texts are compared only by what is equal at their ends.
const MOST_LINES: usize = 4_000;

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// It is in both texts.
    Same,
    /// It goes.
    Old,
    /// It comes.
    New,
}

/// A line of a difference, without its line end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What becomes of it.
    pub sign: Sign,
    /// 1-based number, in the old text for lines that go or stay, in the new one for lines that come.
    pub number: usize,
    /// Its text.
    pub text: String,
}

/// The lines that go and come, without those that stay; `None` where there are more than `most`.
#[must_use]
pub fn changed_lines(old: &str, new: &str, most: usize) -> Option<Vec<Line>> {
    let (old, new) = (lines(old), lines(new));
    let steps = compare(&old, &new);
    let changed: Vec<&Step> = steps.iter().filter(|step| step.sign != Sign::Same).collect();
    if changed.len() > most {
        return None;
    }
    let line = |step: &&Step| {
        let (place, text) = match step.sign {
            Sign::New => (step.new, new.get(step.new)),
            Sign::Old | Sign::Same => (step.old, old.get(step.old)),
        };
        let text = text.copied().unwrap_or_default().trim_end_matches(['\n', '\r']).to_owned();
        Line { sign: step.sign, number: place + 1, text }
    };
    Some(changed.iter().map(line).collect())
}

/// A unified difference as `patch -p1` takes it; empty where the texts are equal. `hidden` says of 1-based lines of
/// the old text that they must not be shown as context.
#[must_use]
pub fn unified(name: &str, old: &str, new: &str, hidden: &dyn Fn(usize) -> bool) -> String {
    let (old, new) = (lines(old), lines(new));
    let steps = compare(&old, &new);
    let mut out = String::new();
    let mut at = 0;
    while let Some(first) = steps.iter().skip(at).position(|step| step.sign != Sign::Same).map(|place| place + at) {
        if out.is_empty() {
            let name = name.replace(['\n', '\r'], "?");
            let _ = write!(out, "--- a/{name}\n+++ b/{name}\n");
        }
        let (start, end) = hunk(&steps, first, hidden);
        write_hunk(steps.get(start..end).unwrap_or_default(), &old, &new, &mut out);
        at = end;
    }
    out
}

/// A hunk around a change: up to where a run of equal lines is longer than both contexts.
fn hunk(steps: &[Step], first: usize, hidden: &dyn Fn(usize) -> bool) -> (usize, usize) {
    let shown = |step: &Step| step.sign != Sign::Same || !hidden(step.old + 1);
    let mut start = first;
    while start > 0 && first - start < CONTEXT && steps.get(start - 1).is_some_and(|s| s.sign == Sign::Same && shown(s))
    {
        start -= 1;
    }
    let (mut end, mut last) = (first, first);
    while let Some(step) = steps.get(end) {
        match step.sign {
            Sign::Same if end - last > 2 * CONTEXT || !shown(step) => break,
            Sign::Same => {}
            Sign::Old | Sign::New => last = end,
        }
        end += 1;
    }
    (start, end.min(last + 1 + CONTEXT))
}

fn write_hunk(steps: &[Step], old: &[&str], new: &[&str], out: &mut String) {
    let count = |sign: Sign| steps.iter().filter(|step| step.sign == sign || step.sign == Sign::Same).count();
    let (olds, news) = (count(Sign::Old), count(Sign::New));
    let Some(first) = steps.first() else { return };
    let begin = |place: usize, count: usize| if count == 0 { place } else { place + 1 };
    let _ = writeln!(out, "@@ -{},{olds} +{},{news} @@", begin(first.old, olds), begin(first.new, news));
    for step in steps {
        let (sign, line) = match step.sign {
            Sign::Same => (' ', old.get(step.old)),
            Sign::Old => ('-', old.get(step.old)),
            Sign::New => ('+', new.get(step.new)),
        };
        let line = line.copied().unwrap_or_default();
        out.push(sign);
        out.push_str(line);
        if !line.ends_with('\n') {
            out.push_str("\n\\ No newline at end of file\n");
        }
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// A line by its 0-based places in both texts.
struct Step {
    sign: Sign,
    old: usize,
    new: usize,
}

/// A shortest way from one text to the other. What is equal at both ends costs nothing.
fn compare(old: &[&str], new: &[&str]) -> Vec<Step> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let mut steps: Vec<Step> = (0..head).map(|at| Step { sign: Sign::Same, old: at, new: at }).collect();
    let (inner_old, inner_new) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    inner(inner_old, inner_new, head, &mut steps);
    steps.extend((0..tail).map(|at| Step { sign: Sign::Same, old: old.len() - tail + at, new: new.len() - tail + at }));
    steps
}

/// Myers' algorithm, as far as it stays small.
fn inner(old: &[&str], new: &[&str], offset: usize, steps: &mut Vec<Step>) {
    let step = |sign, old: usize, new: usize| Step { sign, old: old + offset, new: new + offset };
    let Some(path) = trace(old, new) else {
        steps.extend((0..old.len()).map(|at| step(Sign::Old, at, 0)));
        steps.extend((0..new.len()).map(|at| step(Sign::New, old.len(), at)));
        return;
    };
    let (mut x, mut y) = (0, 0);
    for (to_x, to_y) in path {
        // A step down or right comes before the diagonal.
        if to_x - x > to_y - y {
            steps.push(step(Sign::Old, x, y));
            x += 1;
        } else if to_y - y > to_x - x {
            steps.push(step(Sign::New, x, y));
            y += 1;
        }
        while x < to_x {
            steps.push(step(Sign::Same, x, y));
            (x, y) = (x + 1, y + 1);
        }
    }
}

/// The ends of the snakes on a shortest way; `None` where it would take too long.
fn trace(old: &[&str], new: &[&str]) -> Option<Vec<(usize, usize)>> {
    if old.len() + new.len() > MOST_LINES {
        return None;
    }
    let (n, m) = (old.len() as isize, new.len() as isize);
    let most = n + m;
    let slot = |k: isize| usize::try_from(k + most + 1).unwrap_or_default();
    let mut ends = vec![0isize; slot(most + 1) + 1];
    let mut kept: Vec<Vec<isize>> = Vec::new();
    for d in 0..=most {
        kept.push(ends.clone());
        if kept.len() * ends.len() > 8_000_000 {
            return None;
        }
        for k in (-d..=d).step_by(2) {
            let down = k == -d || (k != d && ends[slot(k - 1)] < ends[slot(k + 1)]);
            let mut x = if down { ends[slot(k + 1)] } else { ends[slot(k - 1)] + 1 };
            let mut y = x - k;
            while x < n && y < m && old[x as usize] == new[y as usize] {
                (x, y) = (x + 1, y + 1);
            }
            ends[slot(k)] = x;
            if x >= n && y >= m {
                return Some(back(&kept, d, (n, m), &slot));
            }
        }
    }
    None
}

fn back(kept: &[Vec<isize>], depth: isize, end: (isize, isize), slot: &dyn Fn(isize) -> usize) -> Vec<(usize, usize)> {
    let (mut x, mut y) = end;
    let mut path = Vec::new();
    for d in (0..=depth).rev() {
        path.push((usize::try_from(x).unwrap_or_default(), usize::try_from(y).unwrap_or_default()));
        let ends = &kept[usize::try_from(d).unwrap_or_default()];
        let k = x - y;
        let down = k == -d || (k != d && ends[slot(k - 1)] < ends[slot(k + 1)]);
        let before = if down { k + 1 } else { k - 1 };
        x = ends[slot(before)];
        y = x - before;
    }
    path.reverse();
    path
}
