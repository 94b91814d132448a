/// How much of a message is read, so that no message costs more than a bounded time and memory.
///
/// What lies beyond is left out and noted; nothing is refused.
package struct ReadingLimits: Hashable, Sendable {
    /// Bytes of the message looked at.
    package var bytes: Int
    /// Bytes of one header.
    package var headerBytes: Int
    /// Fields of one header.
    package var fields: Int
    /// Levels of parts within parts.
    package var depth: Int
    /// Parts in all.
    package var parts: Int
    /// Decoded bytes of one part's text.
    package var textBytes: Int

    package init(
        bytes: Int = 8 << 20, headerBytes: Int = 256 << 10, fields: Int = 2_000, depth: Int = 32,
        parts: Int = 256, textBytes: Int = 256 << 10
    ) {
        self.bytes = max(0, bytes)
        self.headerBytes = max(0, headerBytes)
        self.fields = max(0, fields)
        self.depth = max(0, depth)
        self.parts = max(1, parts)
        self.textBytes = max(0, textBytes)
    }

    /// 8 MiB, 256 KiB of header, 2,000 fields, 32 levels, 256 parts, 256 KiB of text.
    package static let standard = ReadingLimits()
}
