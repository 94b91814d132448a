import Foundation
import PurrMail

/// Any bytes are read as the fields of a message, and every question about them has an answer.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHeader(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let header = MessageHeader(Array(UnsafeBufferPointer(start: start, count: count)))
    for name in Set(header.names).prefix(32) {
        precondition(header.raw(name) != nil, "A name that is listed should be found")
        _ = (header.all(name), header.ids(name), header.bareAddresses(name))
    }
    _ = (header.from, header.to, header.subject, header.date, header.messageID, header.references)
    _ = (header.contentType, isReplySubject(header.subject))
    _ = MessageHeader.groups(Array(UnsafeBufferPointer(start: start, count: count)), limit: 64)
    return 0
}
