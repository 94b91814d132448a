import Foundation
import PurrStore
import Testing

@Suite("A batch of writes")
struct BatchTests {
    let store: Store
    let batching: Store
    /// What another process would see: what is committed.
    let other: Store

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "purr-batch-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appending(path: "purr.db").path
        store = try Store(path: path)
        batching = store.batching
        other = try Store(path: path)
    }

    @Test("is committed as a whole, and not before its end")
    func together() throws {
        try batching.write { try $0.setMeta("a", "1") }
        try batching.write { try $0.setMeta("b", "2") }
        #expect(store.isInBatch)
        #expect(try batching.read { try $0.meta("a") } == "1")
        #expect(try other.read { try $0.meta("a") } == nil)
        try store.endBatch()
        #expect(!store.isInBatch)
        #expect(try other.read { try $0.meta("a") } == "1")
        #expect(try other.read { try $0.meta("b") } == "2")
    }

    @Test("loses only the write that failed")
    func failure() throws {
        try batching.write { try $0.setMeta("a", "1") }
        #expect(throws: StoreError.self) {
            try batching.write { transaction in
                try transaction.setMeta("b", "2")
                throw StoreError(.other, "thought better of it")
            }
        }
        try batching.write { try $0.setMeta("c", "3") }
        try store.endBatch()
        #expect(try other.read { try [$0.meta("a"), $0.meta("b"), $0.meta("c")] } == ["1", nil, "3"])
    }

    @Test("is opened by a write alone, so that looking keeps nobody from writing")
    func lazy() throws {
        _ = try batching.read { try $0.meta("a") }
        #expect(!store.isInBatch)
        try other.write { try $0.setMeta("a", "theirs") }
        try store.endBatch()
        #expect(try batching.read { try $0.meta("a") } == "theirs")
    }

    @Test("leaves the database to writes of their own when it has ended")
    func afterwards() throws {
        try batching.write { try $0.setMeta("a", "1") }
        try store.endBatch()
        try store.write { try $0.setMeta("a", "2") }
        #expect(try other.read { try $0.meta("a") } == "2")
    }
}
