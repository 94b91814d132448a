import Foundation
import PurrFiles

/// Any bytes are read as a file of contacts, or refused with a sentence; any text as a condition.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzContacts(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    do throws(FileProblem) {
        var file = ContactFile(name: "contacts.csv")
        // In pieces, as files come.
        let middle = bytes.count / 2
        _ = try file.feed(bytes[..<middle]) + file.feed(bytes[middle...]) + file.finish()
    } catch {
        precondition(!"\(error)".isEmpty)
    }
    _ = try? ContactQuery.read(String(decoding: bytes, as: UTF8.self))
    return 0
}
