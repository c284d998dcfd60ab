//! Reads a PDF back: its structure tree with the text of each element, and what is drawn outside of it.

use std::collections::BTreeMap;

use lopdf::content::Content;
use lopdf::{Dictionary, Document, Object, ObjectId};

/// A structure element.
#[derive(Debug, Default, Clone)]
pub struct Element {
    pub role: String,
    /// Text of this element and all below, in the order of the tree.
    pub text: String,
    pub alt: Option<String>,
    pub lang: Option<String>,
    pub scope: Option<String>,
    pub bbox: bool,
    /// Link annotations directly below.
    pub links: Vec<ObjectId>,
    /// Pages with content of this element, counted from 1.
    pub pages: Vec<u32>,
    pub children: Vec<Element>,
}

impl Element {
    /// This element and all below, in reading order.
    pub fn all(&self) -> Vec<&Element> {
        let below = self.children.iter().flat_map(Element::all);
        std::iter::once(self).chain(below).collect()
    }

    pub fn with_role(&self, role: &str) -> Vec<&Element> {
        self.all()
            .into_iter()
            .filter(|element| element.role == role)
            .collect()
    }
}

/// Text drawn under one mark.
#[derive(Debug, Clone, Default)]
pub struct Drawn {
    pub page: u32,
    pub tag: String,
    pub mcid: Option<i64>,
    /// Of an artifact: its type and subtype.
    pub kind: String,
    pub text: String,
    /// Baselines, in points from the lower edge.
    pub ys: Vec<f32>,
    /// Whether a path was painted.
    pub painted: bool,
}

pub struct Reader {
    pub file: Document,
    pub drawn: Vec<Drawn>,
    /// Page number by its object, and place in `drawn` by page and number of the content.
    pages: BTreeMap<ObjectId, u32>,
    marks: BTreeMap<(u32, i64), usize>,
    pub root: Element,
}

impl Reader {
    pub fn new(bytes: &[u8]) -> Self {
        let file = Document::load_mem(bytes).expect("a PDF");
        let mut reader = Self {
            drawn: Vec::new(),
            pages: file
                .get_pages()
                .into_iter()
                .map(|(number, id)| (id, number))
                .collect(),
            marks: BTreeMap::new(),
            root: Element::default(),
            file,
        };
        for (number, page) in reader.file.get_pages() {
            reader.read_page(number, page);
        }
        for (index, drawn) in reader.drawn.iter().enumerate() {
            if let Some(mcid) = drawn.mcid {
                let before = reader.marks.insert((drawn.page, mcid), index);
                assert!(before.is_none(), "a number is used once");
            }
        }
        let root = reader.catalog().get(b"StructTreeRoot").unwrap();
        let kids = reader.dict(root).get(b"K").unwrap().clone();
        let mut top = Element::default();
        reader.kids(&kids, None, &mut top);
        assert_eq!(top.children.len(), 1, "one element stands for the document");
        reader.root = top.children.remove(0);
        reader
    }

    pub fn catalog(&self) -> &Dictionary {
        self.file.catalog().unwrap()
    }

    pub fn follow<'a>(&'a self, object: &'a Object) -> &'a Object {
        self.file.dereference(object).unwrap().1
    }

    pub fn dict<'a>(&'a self, object: &'a Object) -> &'a Dictionary {
        self.follow(object).as_dict().unwrap()
    }

    pub fn words(&self, object: &Object) -> String {
        lopdf::decode_text_string(self.follow(object)).unwrap()
    }

    fn kids(&self, kids: &Object, page: Option<ObjectId>, element: &mut Element) {
        match self.follow(kids) {
            Object::Array(items) => items.iter().for_each(|item| self.kids(item, page, element)),
            Object::Integer(mcid) => self.content(page.unwrap(), *mcid, element),
            Object::Dictionary(dict) => match dict
                .get(b"Type")
                .and_then(Object::as_name)
                .unwrap_or(b"StructElem")
            {
                b"MCR" => {
                    let page = dict
                        .get(b"Pg")
                        .and_then(Object::as_reference)
                        .ok()
                        .or(page)
                        .unwrap();
                    self.content(page, dict.get(b"MCID").unwrap().as_i64().unwrap(), element);
                }
                b"OBJR" => element
                    .links
                    .push(dict.get(b"Obj").unwrap().as_reference().unwrap()),
                _ => {
                    let child = self.element(dict);
                    element.text.push_str(&child.text);
                    element.pages.extend(&child.pages);
                    element.children.push(child);
                }
            },
            other => panic!("a child that is no child: {other:?}"),
        }
    }

    fn element(&self, dict: &Dictionary) -> Element {
        let text = |key: &[u8]| dict.get(key).ok().map(|value| self.words(value));
        let mut element = Element {
            role: String::from_utf8(dict.get(b"S").unwrap().as_name().unwrap().to_vec()).unwrap(),
            alt: text(b"Alt"),
            lang: text(b"Lang"),
            ..Element::default()
        };
        let attributes = match dict.get(b"A").map(|value| self.follow(value)) {
            Ok(Object::Array(list)) => list.iter().collect(),
            Ok(one) => vec![one],
            Err(_) => vec![],
        };
        for attributes in attributes
            .into_iter()
            .filter_map(|value| self.follow(value).as_dict().ok())
        {
            let scope = attributes.get(b"Scope").and_then(Object::as_name).ok();
            element.scope = element
                .scope
                .or(scope.map(|name| String::from_utf8(name.to_vec()).unwrap()));
            element.bbox |= attributes.has(b"BBox");
        }
        let page = dict.get(b"Pg").and_then(Object::as_reference).ok();
        if let Ok(kids) = dict.get(b"K") {
            self.kids(kids, page, &mut element);
        }
        element
    }

    fn content(&self, page: ObjectId, mcid: i64, element: &mut Element) {
        let number = self.pages[&page];
        let index = self
            .marks
            .get(&(number, mcid))
            .expect("content for every number");
        element.text.push_str(&self.drawn[*index].text);
        element.pages.push(number);
    }

    fn read_page(&mut self, number: u32, page: ObjectId) {
        let content = Content::decode(&self.file.get_page_content(page)).unwrap();
        let fonts: BTreeMap<Vec<u8>, BTreeMap<u16, String>> = self
            .file
            .get_page_fonts(page)
            .unwrap()
            .into_iter()
            .map(|(name, font)| (name, to_unicode(&self.file, font)))
            .collect();
        let resources = self
            .file
            .get_dictionary(page)
            .unwrap()
            .get(b"Resources")
            .cloned();
        let properties = resources.ok().and_then(|r| {
            self.dict(&r)
                .get(b"Properties")
                .ok()
                .map(|p| self.dict(p).clone())
        });
        let mut pen = Pen {
            number,
            y: 0.0,
            stack: Vec::new(),
            scale: vec![(1.0, 0.0)],
            font: Vec::new(),
            actual: None,
        };
        for operation in &content.operations {
            let operands = &operation.operands;
            match operation.operator.as_str() {
                "BDC" => {
                    let named = operands[1]
                        .as_name()
                        .ok()
                        .and_then(|name| properties.as_ref()?.get(name).ok());
                    let dict = self.dict(named.unwrap_or(&operands[1])).clone();
                    pen.open(operands[0].as_name().unwrap(), &dict);
                }
                "BMC" => pen.open(operands[0].as_name().unwrap(), &Dictionary::new()),
                "EMC" => self.drawn.extend(pen.close()),
                "Tf" => pen.font = operands[0].as_name().unwrap().to_vec(),
                "q" => pen.scale.push(*pen.scale.last().unwrap()),
                "Q" => _ = pen.scale.pop(),
                "cm" => pen.concat(operands),
                "Tm" => pen.set_y(&operands[5]),
                "Tj" => pen.show(&operands[0], &fonts),
                "TJ" => operands[0]
                    .as_array()
                    .unwrap()
                    .iter()
                    .for_each(|part| pen.show(part, &fonts)),
                "f" | "f*" | "S" | "B" | "b" | "s" => pen.paint(),
                "Do" => panic!("nothing is drawn from elsewhere"),
                _ => {}
            }
        }
        assert!(pen.stack.is_empty(), "every mark is closed");
    }
}

struct Pen {
    number: u32,
    y: f32,
    stack: Vec<Drawn>,
    /// Vertical scale and offset.
    scale: Vec<(f32, f32)>,
    font: Vec<u8>,
    /// Text that stands for what is shown, and at which depth it was said.
    actual: Option<usize>,
}

impl Pen {
    fn open(&mut self, tag: &[u8], dict: &Dictionary) {
        let name = |key: &[u8]| {
            dict.get(key)
                .and_then(Object::as_name)
                .map(String::from_utf8_lossy)
                .unwrap_or_default()
        };
        if let Ok(actual) = dict.get(b"ActualText") {
            let text = lopdf::decode_text_string(actual).unwrap();
            self.stack
                .last_mut()
                .expect("inside a mark")
                .text
                .push_str(&text);
            self.actual = Some(self.stack.len());
        }
        self.stack.push(Drawn {
            page: self.number,
            tag: String::from_utf8(tag.to_vec()).unwrap(),
            mcid: dict.get(b"MCID").and_then(Object::as_i64).ok(),
            kind: format!("{} {}", name(b"Type"), name(b"Subtype"))
                .trim()
                .to_owned(),
            ..Drawn::default()
        });
    }

    fn close(&mut self) -> Option<Drawn> {
        let done = self.stack.pop().expect("no end without a start");
        if self.actual == Some(self.stack.len()) {
            self.actual = None;
            return None;
        }
        match self.stack.last_mut() {
            Some(outer) if done.mcid.is_none() => {
                outer.text.push_str(&done.text);
                outer.ys.extend(done.ys);
                None
            }
            _ => Some(done),
        }
    }

    fn concat(&mut self, operands: &[Object]) {
        let number = |index: usize| operands[index].as_float().unwrap();
        let (scale, offset) = self.scale.pop().unwrap();
        self.scale
            .push((scale * number(3), offset + scale * number(5)));
    }

    fn set_y(&mut self, y: &Object) {
        let (scale, offset) = self.scale.last().unwrap();
        self.y = offset + scale * y.as_float().unwrap();
    }

    fn show(&mut self, part: &Object, fonts: &BTreeMap<Vec<u8>, BTreeMap<u16, String>>) {
        let Ok(bytes) = part.as_str() else {
            return;
        };
        let y = self.y;
        let mark = self.stack.last_mut().expect("text outside of any mark");
        mark.ys.push(y);
        if self.actual.is_some() {
            return;
        }
        let letters = &fonts[&self.font];
        for code in bytes.chunks(2) {
            mark.text
                .push_str(&letters[&u16::from_be_bytes([code[0], code[1]])]);
        }
    }

    fn paint(&mut self) {
        self.stack
            .last_mut()
            .expect("a path outside of any mark")
            .painted = true;
    }
}

/// Code to text, from the font's own table. Panics where it has none.
fn to_unicode(file: &Document, font: &Dictionary) -> BTreeMap<u16, String> {
    let stream = font
        .get(b"ToUnicode")
        .expect("ToUnicode")
        .as_reference()
        .unwrap();
    let stream = file.get_object(stream).unwrap().as_stream().unwrap();
    let text = String::from_utf8(
        stream
            .decompressed_content()
            .unwrap_or_else(|_| stream.content.clone()),
    )
    .unwrap();
    let mut map = BTreeMap::new();
    for section in text.split("beginbfchar").skip(1) {
        let (section, _) = section.split_once("endbfchar").unwrap();
        let hex: Vec<_> = section
            .split(['<', '>'])
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect();
        for pair in hex.chunks(2) {
            let units: Vec<u16> = (0..pair[1].len())
                .step_by(4)
                .map(|at| u16::from_str_radix(&pair[1][at..at + 4], 16).unwrap())
                .collect();
            map.insert(
                u16::from_str_radix(pair[0], 16).unwrap(),
                String::from_utf16(&units).unwrap(),
            );
        }
    }
    assert!(!text.contains("beginbfrange"), "ranges are not read here");
    map
}
