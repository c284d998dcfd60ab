//! The structure tree while pages are still being laid out.
//!
//! A [`Slot`] is a place in the tree that a piece of drawing will fill: slots are given out in reading order, and only
//! when the page is written does the library say which number the piece has.

use krilla::tagging::{Identifier, Node, Tag, TagGroup, TagKind, TagTree};

/// A structure element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NodeId(usize);

/// A place to be filled by drawn content or a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot(usize);

enum Child {
    Node(usize),
    Slot(usize),
}

struct Element {
    tag: TagKind,
    children: Vec<Child>,
}

/// All structure elements.
pub(crate) struct Tree {
    elements: Vec<Element>,
    slots: usize,
}

impl Tree {
    /// The element that stands for the document.
    pub(crate) const ROOT: NodeId = NodeId(0);

    pub(crate) fn new() -> Self {
        let root = Element {
            tag: Tag::Div.into(),
            children: Vec::new(),
        };
        Self {
            elements: vec![root],
            slots: 0,
        }
    }

    /// Adds an element behind the other children of `parent`.
    pub(crate) fn open(&mut self, parent: NodeId, tag: impl Into<TagKind>) -> NodeId {
        let id = self.elements.len();
        self.elements.push(Element {
            tag: tag.into(),
            children: Vec::new(),
        });
        self.add(parent, Child::Node(id));
        NodeId(id)
    }

    /// Adds a place for content behind the other children of `parent`.
    pub(crate) fn slot(&mut self, parent: NodeId) -> Slot {
        let slot = self.slots;
        self.slots += 1;
        self.add(parent, Child::Slot(slot));
        Slot(slot)
    }

    fn add(&mut self, parent: NodeId, child: Child) {
        if let Some(element) = self.elements.get_mut(parent.0) {
            element.children.push(child);
        }
    }

    /// The finished tree, once every slot is known.
    pub(crate) fn build(mut self, filled: &Filled, language: &str) -> TagTree {
        let mut tree = TagTree::new().with_lang(Some(language.to_owned()));
        tree.children = self.children(Self::ROOT.0, filled);
        tree
    }

    /// Takes the children of an element out.
    fn children(&mut self, id: usize, filled: &Filled) -> Vec<Node> {
        let Some(element) = self.elements.get_mut(id) else {
            return Vec::new();
        };
        let children = std::mem::take(&mut element.children);
        let mut nodes = Vec::with_capacity(children.len());
        for child in children {
            nodes.extend(match child {
                Child::Slot(slot) => filled.0.get(slot).copied().flatten().map(Node::Leaf),
                Child::Node(id) => self.group(id, filled),
            });
        }
        nodes
    }

    fn group(&mut self, id: usize, filled: &Filled) -> Option<Node> {
        let tag = std::mem::replace(&mut self.elements.get_mut(id)?.tag, Tag::Div.into());
        let children = self.children(id, filled);
        Some(Node::Group(TagGroup::with_children(tag, children)))
    }
}

/// What the library called the content of each slot.
pub(crate) struct Filled(Vec<Option<Identifier>>);

impl Filled {
    pub(crate) fn new(tree: &Tree) -> Self {
        Self(vec![None; tree.slots])
    }

    pub(crate) fn put(&mut self, slot: Slot, identifier: Identifier) {
        if let Some(place) = self.0.get_mut(slot.0) {
            *place = Some(identifier);
        }
    }
}
