// SPDX-License-Identifier: Apache-2.0
// The consumer side of a BPF ring buffer, over the pages the kernel shares (kernel ABI since 5.8).
// Invariant: a record is consumed only after its bytes were copied, so stopping for want of room
// loses nothing.
#pragma once

//   page 0      consumer position, ours to write
//   page 1      producer position, the kernel's
//   page 2 …    the data, mapped twice in a row so that no record is ever split
//
//   a record    u32 length | busy bit 31 | discard bit 30, u32 for the kernel, then the bytes;
//               the next record starts at the next multiple of 8

#include <cstdint>
#include <optional>
#include <span>

namespace fimbul
{

class MappedPages
{
public:
	MappedPages() = default;
	// Not valid, with errno set, when the kernel refuses.
	MappedPages(int fd, size_t offset, size_t length, int protection);
	MappedPages(MappedPages &&other) noexcept;
	MappedPages &operator=(MappedPages &&other) noexcept;
	~MappedPages();

	bool valid() const { return start_ != nullptr; }
	uint8_t *start() const { return start_; }

private:
	uint8_t *start_ = nullptr;
	size_t length_ = 0;
};

struct RingBatch {
	uint32_t count = 0;
	// Length of the next record when not even an empty destination could hold it, otherwise 0.
	uint32_t oversized_bytes = 0;
	// The memory does not read as a ring buffer; nothing was consumed past the bad record.
	bool corrupt = false;
};

class RingMemory
{
public:
	// nullopt, with errno set, when the kernel refuses the mapping.
	static std::optional<RingMemory> map(int ring_fd, size_t size_bytes);

	// Copies as many committed records as fit. Record i starts at index[2i], a multiple of 8,
	// and is index[2i + 1] bytes long.
	RingBatch read(std::span<uint8_t> destination, std::span<uint32_t> index);

	// Bytes between the two positions, headers and uncommitted records included.
	uint64_t pending() const;

	// Bytes that were ever read, headers included.
	uint64_t consumed() const;

private:
	RingMemory(MappedPages consumer, MappedPages producer, size_t size_bytes);

	uint64_t *consumer_position() const;
	const uint64_t *producer_position() const;

	MappedPages consumer_;
	MappedPages producer_;
	size_t size_bytes_;
	size_t page_bytes_;
};

} // namespace fimbul
