/// Takes a message apart: one pass over its lines, a list of open containers, no recursion.
///
/// Source: RFC 2046 §5.1: a delimiter of an outer multipart ends everything inside it.
struct MessageReader {
    private let bytes: [UInt8]
    private let limits: ReadingLimits
    private let end: Int

    private(set) var parts: [IncomingMessage.Part] = []
    private(set) var problems: Set<IncomingMessage.Problem> = []
    /// What the message's own header says, whatever its parts are then read as.
    private(set) var declaredType = ContentType.plainText

    /// A multipart whose closing delimiter has not been seen.
    private struct Container {
        let boundary: ArraySlice<UInt8>
        let part: Int
        /// Whether its delimiter was seen at least once.
        var hasParts = false
        let depth: Int
        let enclosure: Int
        let isDigest: Bool
    }
    private var containers: [Container] = []
    /// Parts that have not ended, with the number of containers they stand in.
    private var open: [(part: Int, start: Int, containers: Int)] = []

    init(bytes: [UInt8], limits: ReadingLimits) {
        self.bytes = bytes
        self.limits = limits
        end = min(bytes.count, limits.bytes)
    }

    mutating func run() {
        if bytes.count > end { problems.insert(.truncated) }
        var position = 0
        // Empty lines before the header are no header.
        while position < end, bytes[position] == .lineFeed || bytes[position] == .carriageReturn {
            position += 1
        }
        position = beginEntity(at: position, depth: 0, enclosure: 0, isDigest: false)

        while position < end, !containers.isEmpty, !problems.contains(.tooManyParts) {
            let next = MessageHeader.lineEnd(bytes, from: position, end: end)
            guard let (level, isClosing) = delimiter(at: position, lineEnd: next) else {
                position = next
                continue
            }
            closeParts(beyond: level, at: position)
            leaveContainers(beyond: level)
            containers[level].hasParts = true
            if isClosing {
                containers.removeLast()
                position = next
            } else {
                let container = containers[level]
                position = beginEntity(
                    at: next, depth: container.depth + 1, enclosure: container.enclosure,
                    isDigest: container.isDigest)
            }
        }
        closeParts(beyond: -1, at: problems.contains(.tooManyParts) ? position : end, isEnd: true)
        leaveContainers(beyond: -1)
    }

    /// Forgets the containers inside the one at `level`; one that had no parts is read as text.
    private mutating func leaveContainers(beyond level: Int) {
        while containers.count > level + 1, let container = containers.popLast() {
            if !container.hasParts { readAsText(container.part) }
        }
    }

    /// Nothing tells the parts of this multipart apart: it is read as what it looks like.
    private mutating func readAsText(_ part: Int) {
        problems.insert(.noBoundary)
        parts[part].contentType = .plainText
    }

    /// Reads the header of an entity and opens it; enters messages within messages.
    ///
    /// - Returns: Where the body begins.
    private mutating func beginEntity(at start: Int, depth: Int, enclosure: Int, isDigest: Bool) -> Int {
        var position = start
        var depth = depth
        var enclosure = enclosure
        var isDigest = isDigest
        while true {
            guard parts.count < limits.parts else {
                problems.insert(.tooManyParts)
                problems.insert(.truncated)
                return position
            }
            let (header, body) = MessageHeader.read(bytes, from: position, limits: limits) { line in
                !containers.isEmpty
                    && delimiter(at: line, lineEnd: MessageHeader.lineEnd(bytes, from: line, end: end))
                        != nil
            }
            if header.isTruncated { problems.insert(.truncated) }
            if header.hasStrayLines { problems.insert(.strayLines) }
            var type = header.contentType
            if parts.isEmpty { declaredType = type }
            if isDigest, header.raw("Content-Type") == nil { type = .message }
            if let last = parts.indices.last, enclosure > 0, parts[last].contentType.isMessage,
                parts[last].innerHeader == nil
            {
                parts[last].innerHeader = header
            }
            let part = parts.count
            parts.append(
                IncomingMessage.Part(
                    depth: depth, enclosure: enclosure, header: header, contentType: type,
                    disposition: header.raw("Content-Disposition").map(ContentDisposition.init(field:)),
                    encoded: [], innerHeader: nil))
            open.append((part, body, containers.count))
            guard type.isMultipart || type.isMessage else { return body }
            guard depth < limits.depth else {
                problems.insert(.tooDeep)
                return body
            }
            if type.isMultipart {
                guard let boundary = boundary(of: type, body: body) else {
                    readAsText(part)
                    return body
                }
                containers.append(
                    Container(
                        boundary: boundary, part: part, depth: depth, enclosure: enclosure,
                        isDigest: type.subtype == "digest"))
                return body
            }
            // An encoded message (forbidden by RFC 2045 §6.4, and seen) stays closed; its header is read
            // when the part ends.
            guard case .identity = TransferEncoding(field: header.raw("Content-Transfer-Encoding")) else {
                return body
            }
            position = body
            depth += 1
            enclosure += 1
            isDigest = false
        }
    }

    /// The boundary named, or the first line that looks like one where none is named.
    private func boundary(of type: ContentType, body: Int) -> ArraySlice<UInt8>? {
        if let named = type.parameters["boundary"], !named.isEmpty { return Array(named.utf8)[...].trimmed }
        var position = body
        while position < min(end, body + 4_096) {
            let next = MessageHeader.lineEnd(bytes, from: position, end: end)
            let line = bytes[position..<next].trimmed
            if line.count > 4, line.starts(with: [.hyphen, .hyphen]), !line.contains(.space) {
                return line.dropFirst(2)
            }
            position = next
        }
        return nil
    }

    /// The innermost container that the line at `start` delimits.
    private func delimiter(at start: Int, lineEnd: Int) -> (level: Int, isClosing: Bool)? {
        guard lineEnd - start > 2, bytes[start] == .hyphen, bytes[start + 1] == .hyphen else { return nil }
        let line = bytes[(start + 2)..<lineEnd]
        for level in containers.indices.reversed() {
            let boundary = containers[level].boundary
            guard line.count >= boundary.count, line.starts(with: boundary) else { continue }
            let rest = line.dropFirst(boundary.count)
            if rest.allSatisfy(\.isSpace) { return (level, false) }
            if rest.starts(with: [.hyphen, .hyphen]) { return (level, true) }
        }
        return nil
    }

    /// Ends every part inside the container at `level`; the line end before a delimiter belongs to the
    /// delimiter (RFC 2046 §5.1.1).
    private mutating func closeParts(beyond level: Int, at position: Int, isEnd: Bool = false) {
        while let last = open.last, last.containers > level {
            open.removeLast()
            var stop = position
            if !isEnd {
                if stop > last.start, bytes[stop - 1] == .lineFeed { stop -= 1 }
                if stop > last.start, bytes[stop - 1] == .carriageReturn { stop -= 1 }
            }
            parts[last.part].encoded = bytes[last.start..<max(last.start, stop)]
            let type = parts[last.part].contentType
            if type.isHeaders || type.isMessage, parts[last.part].innerHeader == nil {
                parts[last.part].innerHeader = MessageHeader(
                    parts[last.part].decoded(limit: limits.headerBytes))
            }
        }
    }
}
