internal import CCmark

// The only C of this target. Every pointer lives and dies inside `markdownEvents`.

/// Reads CommonMark into the order in which a writer meets it.
///
/// Iterative, as cmark itself is: nesting costs memory, not stack.
func markdownEvents(_ source: String) -> [MarkdownEvent] {
    var source = source
    return source.withUTF8 { bytes in
        unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
            // cmark wants a pointer, and an empty buffer may have none.
            guard let base = characters.baseAddress,
                let document = unsafe cmark_parse_document(base, characters.count, CMARK_OPT_DEFAULT)
            else { return [] }
            defer { unsafe cmark_node_free(document) }
            guard let iterator = unsafe cmark_iter_new(document) else { return [] }
            defer { unsafe cmark_iter_free(iterator) }

            var events: [MarkdownEvent] = []
            while true {
                let step = unsafe cmark_iter_next(iterator)
                guard step != CMARK_EVENT_DONE, let node = unsafe cmark_iter_get_node(iterator) else {
                    break
                }
                if let event = unsafe event(at: node, isEntering: step == CMARK_EVENT_ENTER) {
                    events.append(event)
                }
            }
            return events
        }
    }
}

@unsafe
private func event(at node: OpaquePointer, isEntering: Bool) -> MarkdownEvent? {
    let line = unsafe Int(cmark_node_get_start_line(node))
    switch unsafe cmark_node_get_type(node) {
    case CMARK_NODE_TEXT: return .text(unsafe string(cmark_node_get_literal(node)))
    case CMARK_NODE_SOFTBREAK, CMARK_NODE_LINEBREAK: return .lineBreak
    case CMARK_NODE_CODE: return .code(unsafe string(cmark_node_get_literal(node)))
    case CMARK_NODE_CODE_BLOCK: return .codeBlock(unsafe string(cmark_node_get_literal(node)))
    case CMARK_NODE_THEMATIC_BREAK: return .rule
    case CMARK_NODE_HTML_BLOCK, CMARK_NODE_HTML_INLINE:
        return .html(unsafe string(cmark_node_get_literal(node)), line: line)
    default:
        guard let container = unsafe container(of: node, line: line) else { return nil }
        return isEntering ? .enter(container) : .leave(container)
    }
}

@unsafe
private func container(of node: OpaquePointer, line: Int) -> MarkdownEvent.Container? {
    switch unsafe cmark_node_get_type(node) {
    case CMARK_NODE_PARAGRAPH: return .paragraph
    case CMARK_NODE_HEADING: return .heading(level: unsafe Int(cmark_node_get_heading_level(node)))
    case CMARK_NODE_BLOCK_QUOTE: return .quote
    case CMARK_NODE_LIST:
        let isOrdered = unsafe cmark_node_get_list_type(node) == CMARK_ORDERED_LIST
        return .list(
            start: isOrdered ? unsafe Int(cmark_node_get_list_start(node)) : nil,
            isTight: unsafe cmark_node_get_list_tight(node) != 0)
    case CMARK_NODE_ITEM: return .item
    case CMARK_NODE_EMPH: return .emphasis
    case CMARK_NODE_STRONG: return .strong
    case CMARK_NODE_LINK: return .link(unsafe string(cmark_node_get_url(node)), line: line)
    case CMARK_NODE_IMAGE: return .image(unsafe string(cmark_node_get_url(node)), line: line)
    default: return nil
    }
}

@unsafe
private func string(_ pointer: UnsafePointer<CChar>?) -> String {
    unsafe pointer.map { unsafe String(cString: $0) } ?? ""
}
