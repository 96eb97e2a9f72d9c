//! A short list of different Latin forms, best first.

/// Keeps the order of arrival, drops repetitions and what is not of the letters `a` to `z`, and ends at a limit.
#[derive(Debug)]
pub(super) struct Forms {
    list: Vec<String>,
    limit: usize,
}

impl Forms {
    pub(super) const fn new(limit: usize) -> Self {
        Self { list: Vec::new(), limit }
    }

    pub(super) fn push(&mut self, form: impl Into<String> + AsRef<str>) {
        let text = form.as_ref();
        let is_latin = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase());
        if is_latin && !self.is_full() && !self.list.iter().any(|known| known == text) {
            self.list.push(form.into());
        }
    }

    pub(super) const fn is_full(&self) -> bool {
        self.list.len() >= self.limit
    }

    pub(super) fn into_list(self) -> Vec<String> {
        self.list
    }
}
