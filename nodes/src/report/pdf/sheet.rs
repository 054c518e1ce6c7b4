//! Pages of A4 that are filled from top to bottom: texts, tables, lines. It knows no report.

use pdf_writer::{Content, Finish as _, Name, Pdf, Rect, Ref, Str, TextStr};

use super::font::{Font, encode};

/// A4, in points.
const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
pub(super) const LEFT: f32 = 48.0;
/// Between the margins.
pub(super) const BREADTH: f32 = WIDTH - 2.0 * LEFT;
const TOP: f32 = HEIGHT - 48.0;
/// Below stands the foot of the page.
const BOTTOM: f32 = 60.0;
const FOOT: f32 = 36.0;
const FOOT_SIZE: f32 = 8.0;
/// The size of texts.
pub(super) const SIZE: f32 = 9.5;
/// From line to line, by size.
const LEADING: f32 = 1.35;
/// Around the text of a cell.
const PADDING: f32 = 4.0;

/// Shades of what is printed.
pub(super) const BLACK: f32 = 0.0;
pub(super) const SOFT: f32 = 0.4;
const RULE: f32 = 0.8;

/// What is written, from the top of the first page on.
pub(super) struct Sheet {
    pages: Vec<Content>,
    /// The height of the pen on the last page.
    y: f32,
}

/// How a text is set.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub(super) font: Font,
    pub(super) size: f32,
    pub(super) gray: f32,
}

/// Texts of the body.
pub(super) const BODY: Style = Style {
    font: Font::Plain,
    size: SIZE,
    gray: BLACK,
};

impl Style {
    pub(super) fn leading(self) -> f32 {
        self.size * LEADING
    }
}

/// What a file says of itself.
pub(super) struct About<'a> {
    pub(super) title: &'a str,
    pub(super) lang: &'a str,
}

impl Sheet {
    pub(super) fn new() -> Self {
        Self {
            pages: vec![Content::new()],
            y: TOP,
        }
    }

    /// Goes on to another page when less than this is left of the present one; gives whether it did.
    pub(super) fn need(&mut self, height: f32) -> bool {
        let turns = self.y - height < BOTTOM;
        if turns {
            self.pages.push(Content::new());
            self.y = TOP;
        }
        turns
    }

    pub(super) fn down(&mut self, height: f32) {
        self.y -= height;
    }

    pub(super) fn height(&self) -> f32 {
        self.y
    }

    /// The page that is written on.
    pub(super) fn page(&mut self) -> &mut Content {
        let last = self.pages.len() - 1;
        &mut self.pages[last]
    }

    /// Puts a text at a place.
    pub(super) fn put(&mut self, style: Style, (x, y): (f32, f32), text: &str) {
        write(self.page(), style, (x, y), text);
    }

    /// A paragraph over the whole breadth.
    pub(super) fn paragraph(&mut self, style: Style, text: &str) {
        for line in style.font.wrap(text, style.size, BREADTH) {
            self.need(style.leading());
            self.down(style.leading());
            self.put(style, (LEFT, self.y), &line);
        }
    }

    /// A line from one place to another, both from the left margin, at the pen's height.
    pub(super) fn rule(&mut self, from: f32, to: f32, gray: f32) {
        let y = self.y;
        self.page()
            .set_stroke_gray(gray)
            .set_line_width(0.6)
            .move_to(LEFT + from, y)
            .line_to(LEFT + to, y)
            .stroke();
    }

    /// A table with columns of these shares of the breadth; its head stands on every page that it reaches.
    pub(super) fn table<const N: usize>(
        &mut self,
        shares: [f32; N],
        head: [&str; N],
        rows: impl IntoIterator<Item = [String; N]>,
    ) {
        let bold = Style {
            font: Font::Bold,
            ..BODY
        };
        let head = head.map(str::to_owned);
        self.row(bold, shares, &head);
        for row in rows {
            let lines = lines(BODY, shares, &row);
            if self.need(height_of(BODY, &lines)) {
                self.row(bold, shares, &head);
            }
            self.row(BODY, shares, &row);
        }
    }

    fn row<const N: usize>(&mut self, style: Style, shares: [f32; N], cells: &[String; N]) {
        let lines = lines(style, shares, cells);
        let height = height_of(style, &lines);
        self.need(height);
        let mut x = LEFT;
        for (share, lines) in shares.into_iter().zip(lines) {
            for (index, line) in lines.iter().enumerate() {
                let down = PADDING + style.size + index as f32 * style.leading();
                self.put(style, (x, self.y - down), line);
            }
            x += share * BREADTH;
        }
        self.down(height);
        self.rule(0.0, BREADTH, RULE);
    }

    /// The file. Each page has a foot: what it is of, and which of how many it is.
    pub(super) fn finish(
        mut self,
        about: &About<'_>,
        foot: impl Fn(usize, usize) -> String,
    ) -> Vec<u8> {
        let style = Style {
            size: FOOT_SIZE,
            gray: SOFT,
            ..BODY
        };
        let count = self.pages.len();
        for (index, page) in self.pages.iter_mut().enumerate() {
            let number = foot(index + 1, count);
            let right = LEFT + BREADTH - style.font.width(&number, style.size);
            write(page, style, (LEFT, FOOT), about.title);
            write(page, style, (right, FOOT), &number);
        }
        bind(self.pages, about)
    }
}

/// The texts of a row's cells, in lines.
fn lines<const N: usize>(style: Style, shares: [f32; N], cells: &[String; N]) -> [Vec<String>; N] {
    std::array::from_fn(|index| {
        let width = shares[index] * BREADTH - PADDING;
        style.font.wrap(&cells[index], style.size, width)
    })
}

fn height_of(style: Style, lines: &[Vec<String>]) -> f32 {
    let most = lines.iter().map(Vec::len).max().unwrap_or(1);
    most as f32 * style.leading() + PADDING
}

fn write(page: &mut Content, style: Style, (x, y): (f32, f32), text: &str) {
    page.begin_text()
        .set_font(style.font.name(), style.size)
        .set_fill_gray(style.gray)
        .next_line(x, y)
        .show(Str(&encode(text)))
        .end_text();
}

/// Binds pages into a file.
fn bind(pages: Vec<Content>, about: &About<'_>) -> Vec<u8> {
    let mut next = 0;
    let mut new_ref = || {
        next += 1;
        Ref::new(next)
    };
    let (catalog, tree, info) = (new_ref(), new_ref(), new_ref());
    let fonts = Font::ALL.map(|font| (font, new_ref()));
    let pages: Vec<_> = pages
        .into_iter()
        .map(|content| (new_ref(), new_ref(), content))
        .collect();
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree).lang(TextStr(about.lang));
    pdf.document_info(info).title(TextStr(about.title));
    pdf.pages(tree)
        .kids(pages.iter().map(|(page, ..)| *page))
        .count(i32::try_from(pages.len()).unwrap_or(i32::MAX));
    for (font, id) in fonts {
        pdf.type1_font(id)
            .base_font(font.base())
            .encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    for (id, content_id, content) in pages {
        let mut page = pdf.page(id);
        page.media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT))
            .parent(tree)
            .contents(content_id);
        let mut resources = page.resources();
        let mut named = resources.fonts();
        for (font, id) in fonts {
            named.pair(font.name(), id);
        }
        named.finish();
        resources.finish();
        page.finish();
        pdf.stream(content_id, &content.finish());
    }
    pdf.finish()
}
