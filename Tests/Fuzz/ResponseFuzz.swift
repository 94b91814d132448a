// with Sources/PurrMailbox/IMAPResponse.swift
import Foundation
import PurrMail

/// Any bytes are read as a response of an IMAP server, in time that grows with their number alone.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzResponse(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let response = IMAPResponse(bytes: bytes)
    _ = (IMAPResponse.kind(of: bytes, tag: Array("A1".utf8)), IMAPResponse.literalLength(atEndOf: bytes))
    _ = (IMAPResponse.holdsBody(bytes), IMAPResponse.isText(bytes), response.line)
    _ = response.status?.appendedUID
    let slim = IMAPResponse.withoutFieldNames(bytes)
    precondition(slim.count <= bytes.count, "A line should not grow")
    let tokens = response.tokens
    precondition(tokens.count <= bytes.count, "Each token should take a byte")
    let length = tokens.reduce(0) { $0 + ($1.name?.count ?? 1) }
    // What is no UTF-8 is shown by a sign of three bytes.
    precondition(length <= 3 * bytes.count, "Tokens should hold what was sent")
    return 0
}
