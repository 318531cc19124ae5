// PNG through libpng: every colour type, bit depth and interlacing, without colour management, with the orientation
// among its EXIF data.
// libpng exits by longjmp, so everything with a destructor lives outside the functions it may leave.
#include "image_format.h"

#include "dlc/support/checked_size.h"
#include "dlc/support/last_words.h"

#include "llvm/Support/Endian.h"
#include "llvm/Support/SwapByteOrder.h"

#include <csetjmp>
#include <cstdlib>
#include <cstring>
#include <png.h>

namespace dlc::data {
namespace {

/// What the callbacks of libpng see.
struct Reading {
  llvm::StringRef bytes;
  size_t at = 0;
  std::jmp_buf failed;
  char message[128] = "";
  bool noMemory = false;
};

void readBytes(png_structp png, png_bytep to, size_t count) {
  auto *reading = static_cast<Reading *>(png_get_io_ptr(png));
  if (count > reading->bytes.size() - reading->at)
    png_error(png, "the file ends too soon");
  std::memcpy(to, reading->bytes.data() + reading->at, count);
  reading->at += count;
}
[[noreturn]] void onError(png_structp png, png_const_charp message) {
  auto *reading = static_cast<Reading *>(png_get_error_ptr(png));
  std::strncpy(reading->message, message, sizeof reading->message - 1);
  std::longjmp(reading->failed, 1);
}
void onWarning(png_structp, png_const_charp) {}
/// For libpng, memory that it does not get is an error of the file.
png_voidp allocate(png_structp png, png_alloc_size_t bytes) {
  void *memory = std::malloc(bytes);
  static_cast<Reading *>(png_get_mem_ptr(png))->noMemory |= !memory;
  return memory;
}
void release(png_structp, png_voidp memory) { std::free(memory); }

class Decoder {
public:
  explicit Decoder(TextFile file) : file(file) {
    reading.bytes = file.bytes;
    png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &reading, onError, onWarning, &reading, allocate, release);
    if (png)
      info = png_create_info_struct(png);
  }
  Decoder(const Decoder &) = delete;
  ~Decoder() { png_destroy_read_struct(&png, &info, nullptr); }

  Fallible<ImageInfo> header() {
    if (!info)
      allocationFailed();
    if (!readHeader())
      return trouble();
    ImageInfo image{width, height, (colourType & PNG_COLOR_MASK_COLOR) != 0};
    // Deflate makes at most 1032 bytes of one; a pixel has at least one bit.
    DLC_PASS_ON(checkSize(file, image, 8 * 1032));
    image.wide = depth == 16;
    return image.turned(orientation());
  }

  /// After header(). Interlaced pictures are complete only at the end, so they are kept whole.
  Checked rows(RowSink row) {
    bool colour = (colourType & PNG_COLOR_MASK_COLOR) != 0;
    if (!prepareRows())
      return trouble();
    const unsigned components = colour ? 3 : 1;
    const bool wide = depth == 16;
    if (rowBytes != size_t{components} * (wide ? 2 : 1) * width)
      return imageTrouble(file, "the header contradicts itself");
    std::vector<uint16_t> pixels((rowBytes * (passes > 1 ? height : 1) + 1) / 2); // aligned for either depth
    for (int pass = 0; pass < passes; ++pass)
      for (uint32_t y = 0; y < height; ++y) {
        auto *line = reinterpret_cast<uint8_t *>(pixels.data()) + (passes > 1 ? rowBytes * y : 0);
        if (!readRow(line))
          return trouble();
        if (pass + 1 < passes)
          continue;
        if (wide)
          row(y, {.words = reinterpret_cast<const uint16_t *>(line), .components = components});
        else
          row(y, {.bytes = line, .components = components});
      }
    // The end holds the checksum of the pixels.
    if (!readEnd())
      return trouble();
    return allGood();
  }

private:
  // Each of these may be left by longjmp and has nothing to destroy.
  bool readHeader() {
    if (setjmp(reading.failed))
      return false;
    png_set_read_fn(png, &reading, readBytes);
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_set_chunk_malloc_max(png, 1 << 24);
    png_read_info(png, info);
    png_get_IHDR(png, info, &width, &height, &depth, &colourType, nullptr, nullptr, nullptr);
    return true;
  }
  bool prepareRows() {
    if (setjmp(reading.failed))
      return false;
    if (depth == 16 && llvm::sys::IsLittleEndianHost)
      png_set_swap(png);
    if (colourType == PNG_COLOR_TYPE_PALETTE)
      png_set_palette_to_rgb(png);
    if (colourType == PNG_COLOR_TYPE_GRAY && depth < 8)
      png_set_expand_gray_1_2_4_to_8(png);
    png_set_strip_alpha(png); // also that of a palette
    passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    rowBytes = png_get_rowbytes(png, info);
    return true;
  }
  bool readRow(uint8_t *to) {
    if (setjmp(reading.failed))
      return false;
    png_read_row(png, to, nullptr);
    return true;
  }
  bool readEnd() {
    if (setjmp(reading.failed))
      return false;
    png_read_end(png, nullptr);
    return true;
  }

  /// The chunk that holds it may stand behind the pixels, so the file is gone over, chunk by chunk.
  Orientation orientation() const {
    constexpr size_t kSignature = 8, kAround = 12; // length, kind, checksum
    for (llvm::StringRef rest = file.bytes.drop_front(kSignature); rest.size() >= kAround;) {
      const size_t length = llvm::support::endian::read32be(rest.data());
      if (length > rest.size() - kAround)
        break;
      if (rest.substr(4, 4) == "eXIf")
        return orientationIn(rest.substr(8, length));
      rest = rest.drop_front(length + kAround);
    }
    return 1;
  }

  Trouble trouble() const {
    if (reading.noMemory)
      allocationFailed();
    return imageTrouble(file, "damaged PNG at byte " + llvm::Twine(reading.at) + ": " + reading.message);
  }

  TextFile file;
  Reading reading;
  png_structp png = nullptr;
  png_infop info = nullptr;
  uint32_t width = 0, height = 0;
  int depth = 0, colourType = 0, passes = 1;
  size_t rowBytes = 0;
};

bool recognises(llvm::StringRef bytes) { return bytes.starts_with("\x89PNG\r\n\x1a\n"); }

} // namespace

const ImageFormat kPng = {
    .name = "PNG", .recognises = recognises, .info = infoBy<Decoder>, .decode = decodeBy<Decoder>};
} // namespace dlc::data
