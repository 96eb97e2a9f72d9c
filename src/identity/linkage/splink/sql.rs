//! SQL expressions: tokens into trees. What the trees mean is decided elsewhere.

use super::token::{LONGEST, Token, TokenKind, tokens};

/// An expression with the place of its text. Equality looks at the expressions only.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) expression: Expression,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.expression == other.expression
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    /// A name, with what stands before its point.
    Name(Option<String>, String),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// A function, in small letters, and its arguments.
    Call(String, Vec<Node>),
    /// A value as a type, in small letters.
    Cast(Box<Node>, String),
    /// Two values and the operator between them.
    Binary(Operator, Box<Node>, Box<Node>),
    /// Not.
    Not(Box<Node>),
    /// Is null.
    IsNull(Box<Node>),
    /// `CASE WHEN .. THEN .. ELSE .. END`.
    Case(Vec<(Node, Node)>, Option<Box<Node>>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Times,
    Over,
}

/// How deeply expressions may be nested.
const DEEPEST: usize = 160;
/// How many operators an expression may have.
const MOST: usize = 1_000;

/// The expression; or the place of what is not understood.
pub(super) fn parse(sql: &str) -> Result<Node, (usize, usize)> {
    if sql.len() > LONGEST {
        return Err((0, sql.len()));
    }
    let tokens = tokens(sql).map_err(|at| (at, sql.len()))?;
    let mut parser = Parser { tokens, at: 0, depth: 0, links: 0, end: sql.len() };
    let node = parser.expression(0)?;
    if parser.at < parser.tokens.len() {
        return Err((parser.place(), sql.len()));
    }
    Ok(node)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    links: usize,
    end: usize,
}

type Parsed<T> = Result<T, (usize, usize)>;

impl Parser {
    fn peek(&self) -> Option<&TokenKind> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    /// Where the next token starts.
    fn place(&self) -> usize {
        self.tokens.get(self.at).map_or(self.end, |token| token.start)
    }

    /// Where the last token ended.
    fn ended(&self) -> usize {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |token| token.end)
    }

    fn fail<T>(&self) -> Parsed<T> {
        Err((self.place(), self.end))
    }

    fn symbol(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Some(TokenKind::Symbol(next)) if *next == symbol);
        self.at += usize::from(found);
        found
    }

    fn keyword(&mut self, keyword: &str) -> bool {
        let found = matches!(self.peek(), Some(TokenKind::Word(word)) if word.eq_ignore_ascii_case(keyword));
        self.at += usize::from(found);
        found
    }

    fn need(&self, found: bool) -> Parsed<()> {
        if found { Ok(()) } else { self.fail() }
    }

    /// The operator that comes next, and how tightly it binds.
    fn operator(&self) -> Option<(Operator, u8)> {
        Some(match self.peek()? {
            TokenKind::Word(word) if word.eq_ignore_ascii_case("or") => (Operator::Or, 1),
            TokenKind::Word(word) if word.eq_ignore_ascii_case("and") => (Operator::And, 2),
            TokenKind::Symbol(symbol) => match *symbol {
                "=" | "==" => (Operator::Equal, 4),
                "<>" | "!=" => (Operator::Unequal, 4),
                "<" => (Operator::Less, 4),
                "<=" => (Operator::LessOrEqual, 4),
                ">" => (Operator::Greater, 4),
                ">=" => (Operator::GreaterOrEqual, 4),
                "+" => (Operator::Plus, 5),
                "-" => (Operator::Minus, 5),
                "*" => (Operator::Times, 6),
                "/" => (Operator::Over, 6),
                _ => return None,
            },
            _ => return None,
        })
    }

    /// An expression whose operators bind at least so tightly.
    fn expression(&mut self, tightness: u8) -> Parsed<Node> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return self.fail();
        }
        let start = self.place();
        let mut left = self.prefix(tightness)?;
        loop {
            self.link()?;
            if tightness <= 4 && self.keyword("is") {
                let negated = self.keyword("not");
                let found = self.keyword("null");
                self.need(found)?;
                let end = self.ended();
                let test = Node { expression: Expression::IsNull(Box::new(left)), start, end };
                left = if negated {
                    Node { expression: Expression::Not(Box::new(test)), start, end }
                } else {
                    test
                };
                continue;
            }
            let Some((operator, binds)) = self.operator().filter(|(_, binds)| *binds >= tightness.max(1))
            else {
                break;
            };
            self.at += 1;
            let right = self.expression(binds + 1)?;
            let expression = Expression::Binary(operator, Box::new(left), Box::new(right));
            left = Node { expression, start, end: self.ended() };
        }
        self.depth -= 1;
        Ok(left)
    }

    fn prefix(&mut self, tightness: u8) -> Parsed<Node> {
        let start = self.place();
        if tightness <= 3 && self.keyword("not") {
            let inner = self.expression(3)?;
            return Ok(Node { expression: Expression::Not(Box::new(inner)), start, end: self.ended() });
        }
        if self.symbol("-") {
            let Some(TokenKind::Number(number)) = self.peek().cloned() else { return self.fail() };
            self.at += 1;
            return Ok(Node { expression: Expression::Number(-number), start, end: self.ended() });
        }
        let mut node = self.atom()?;
        while self.symbol("::") {
            self.link()?;
            let expression = Expression::Cast(Box::new(node), self.type_name()?);
            node = Node { expression, start, end: self.ended() };
        }
        Ok(node)
    }

    /// Counts an operator.
    fn link(&mut self) -> Parsed<()> {
        self.links += 1;
        self.need(self.links <= MOST)
    }

    fn word(&mut self) -> Parsed<String> {
        let Some(TokenKind::Word(word)) = self.peek() else { return self.fail() };
        let word = word.to_ascii_lowercase();
        self.at += 1;
        Ok(word)
    }

    /// A type with its arguments, such as `varchar(10)`.
    fn type_name(&mut self) -> Parsed<String> {
        let mut name = self.word()?;
        if self.symbol("(") {
            for argument in self.arguments()? {
                let Expression::Number(number) = argument.expression else { return self.fail() };
                name.push_str(&format!("({number})"));
            }
        }
        Ok(name)
    }

    fn atom(&mut self) -> Parsed<Node> {
        let start = self.place();
        let Some(kind) = self.peek().cloned() else { return self.fail() };
        let here = self.at;
        self.at += 1;
        let expression = match kind {
            TokenKind::Number(number) => Expression::Number(number),
            TokenKind::Text(text) => Expression::Text(text),
            TokenKind::Symbol("(") => {
                let inner = self.expression(0)?;
                let closed = self.symbol(")");
                self.need(closed)?;
                inner.expression
            }
            TokenKind::Quoted(name) => self.name(name)?,
            TokenKind::Word(word) => match word.to_ascii_lowercase().as_str() {
                "cast" | "try_cast" if self.symbol("(") => {
                    let inner = self.expression(0)?;
                    let found = self.keyword("as");
                    self.need(found)?;
                    let target = self.type_name()?;
                    let closed = self.symbol(")");
                    self.need(closed)?;
                    Expression::Cast(Box::new(inner), target)
                }
                "case" => self.case()?,
                "and" | "or" | "not" | "is" | "null" | "when" | "then" | "else" | "end" | "as"
                | "between" | "in" | "like" => {
                    self.at = here;
                    return self.fail();
                }
                function if self.symbol("(") => Expression::Call(function.to_owned(), self.arguments()?),
                _ => self.name(word)?,
            },
            TokenKind::Symbol(_) => {
                self.at = here;
                return self.fail();
            }
        };
        Ok(Node { expression, start, end: self.ended() })
    }

    fn name(&mut self, first: String) -> Parsed<Expression> {
        if !self.symbol(".") {
            return Ok(Expression::Name(None, first));
        }
        match self.peek().cloned() {
            Some(TokenKind::Word(second) | TokenKind::Quoted(second)) => {
                self.at += 1;
                Ok(Expression::Name(Some(first), second))
            }
            _ => self.fail(),
        }
    }

    fn arguments(&mut self) -> Parsed<Vec<Node>> {
        let mut arguments = Vec::new();
        if self.symbol(")") {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.expression(0)?);
            if self.symbol(")") {
                return Ok(arguments);
            }
            let more = self.symbol(",");
            self.need(more)?;
        }
    }

    fn case(&mut self) -> Parsed<Expression> {
        let mut branches = Vec::new();
        while self.keyword("when") {
            let condition = self.expression(0)?;
            let found = self.keyword("then");
            self.need(found)?;
            branches.push((condition, self.expression(0)?));
        }
        let otherwise = if self.keyword("else") { Some(Box::new(self.expression(0)?)) } else { None };
        let ended = self.keyword("end") && !branches.is_empty();
        self.need(ended)?;
        Ok(Expression::Case(branches, otherwise))
    }
}
