// JPEG through libjpeg: baseline and progressive, grey, colour and CMYK, with the orientation among its EXIF data.
// libjpeg exits by longjmp, so everything with a destructor lives outside the functions it may leave.
#include "image_format.h"

#include "dlc/support/last_words.h"

#include <algorithm>
#include <csetjmp>
#include <cstddef>
#include <cstdio>
#include <cstring>

#include <jpeglib.h>

#include <jerror.h>

namespace dlc::data {
namespace {

/// What the callbacks of libjpeg see; the first member is what it knows of.
struct Errors {
  jpeg_error_mgr manager;
  std::jmp_buf failed;
  char message[JMSG_LENGTH_MAX] = "";
  bool damaged = false, noMemory = false;
};

[[noreturn]] void onError(j_common_ptr state) {
  auto *errors = reinterpret_cast<Errors *>(state->err);
  state->err->format_message(state, errors->message);
  errors->noMemory = state->err->msg_code == JERR_OUT_OF_MEMORY;
  std::longjmp(errors->failed, 1);
}
/// Bytes between two markers and the like are common and harmless; pixels that had to be made up are not.
void onMessage(j_common_ptr state, int level) {
  auto *errors = reinterpret_cast<Errors *>(state->err);
  int code = state->err->msg_code;
  if (level >= 0 || errors->damaged ||
      (code != JWRN_JPEG_EOF && code != JWRN_HIT_MARKER && code != JWRN_HUFF_BAD_CODE &&
       code != JWRN_BOGUS_PROGRESSION))
    return;
  errors->damaged = true;
  state->err->format_message(state, errors->message);
}
void onOutput(j_common_ptr) {}

class Decoder {
public:
  explicit Decoder(TextFile file) : file(file) {
    jpeg.err = jpeg_std_error(&errors.manager);
    errors.manager.error_exit = onError;
    errors.manager.emit_message = onMessage;
    errors.manager.output_message = onOutput;
  }
  Decoder(const Decoder &) = delete;
  ~Decoder() { jpeg_destroy_decompress(&jpeg); }

  Fallible<ImageInfo> header() {
    if (!readHeader() || errors.damaged)
      return trouble();
    ImageInfo image{jpeg.image_width, jpeg.image_height, jpeg.num_components > 1};
    if (jpeg.num_components != 1 && jpeg.num_components != 3 && jpeg.num_components != 4)
      return imageTrouble(file, "a JPEG with " + llvm::Twine(jpeg.num_components) +
                                    " components is not supported; 1, 3 and 4 (CMYK) are");
    // An empty block of 64 pixels takes two bits, and runs of them can be told in a few more.
    DLC_PASS_ON(checkSize(file, image, 4096));
    return image.turned(orientation());
  }

  Checked rows(RowSink row) {
    const auto components = static_cast<unsigned>(jpeg.num_components);
    if (!start())
      return trouble();
    std::vector<uint8_t> line(size_t{jpeg.output_width} * components);
    for (uint32_t y = 0; y < jpeg.output_height; ++y) {
      if (!readRow(line.data()) || errors.damaged)
        return trouble();
      if (components == 4)
        toRgb(line);
      row(y, {.bytes = line.data(), .components = std::min(components, 3u)});
    }
    if (!finish() || errors.damaged)
      return trouble();
    return allGood();
  }

private:
  // Each of these may be left by longjmp and has nothing to destroy.
  bool readHeader() {
    if (setjmp(errors.failed))
      return false;
    jpeg_create_decompress(&jpeg);
    jpeg_save_markers(&jpeg, JPEG_APP0 + 1, 0xffff);
    jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char *>(file.bytes.data()), file.bytes.size());
    return jpeg_read_header(&jpeg, TRUE) == JPEG_HEADER_OK;
  }
  bool start() {
    if (setjmp(errors.failed))
      return false;
    jpeg.out_color_space = jpeg.num_components == 4 ? JCS_CMYK : jpeg.num_components == 3 ? JCS_RGB : JCS_GRAYSCALE;
    jpeg.dct_method = JDCT_ISLOW; // the one whose result is the same everywhere
    return jpeg_start_decompress(&jpeg) == TRUE;
  }
  bool readRow(uint8_t *to) {
    if (setjmp(errors.failed))
      return false;
    JSAMPROW rows[] = {to};
    return jpeg_read_scanlines(&jpeg, rows, 1) == 1;
  }
  bool finish() {
    if (setjmp(errors.failed))
      return false;
    return jpeg_finish_decompress(&jpeg) == TRUE;
  }

  Orientation orientation() const {
    constexpr llvm::StringLiteral kExif = llvm::StringLiteral::withInnerNUL("Exif\0\0");
    for (jpeg_saved_marker_ptr marker = jpeg.marker_list; marker; marker = marker->next) {
      llvm::StringRef data(reinterpret_cast<const char *>(marker->data), marker->data_length);
      if (data.consume_front(kExif))
        return orientationIn(data);
    }
    return 1;
  }

  /// Cyan, magenta, yellow and black to red, green and blue, in place, as Pillow has it. Adobe's programs write
  /// the four the other way round, and say that it was they who wrote.
  void toRgb(llvm::MutableArrayRef<uint8_t> line) const {
    const uint8_t *from = line.data();
    uint8_t *to = line.data();
    for (uint32_t x = 0; x < jpeg.output_width; ++x, from += 4, to += 3) {
      const unsigned white = jpeg.saw_Adobe_marker ? from[3] : 255u - from[3];
      for (unsigned c = 0; c < 3; ++c) {
        const unsigned ink = jpeg.saw_Adobe_marker ? 255u - from[c] : from[c], product = ink * white + 128;
        to[c] = static_cast<uint8_t>(white - ((product >> 8) + product) / 256);
      }
    }
  }

  Trouble trouble() const {
    if (errors.noMemory)
      allocationFailed();
    size_t left = jpeg.src ? jpeg.src->bytes_in_buffer : 0;
    size_t at = left <= file.bytes.size() ? file.bytes.size() - left : file.bytes.size();
    return imageTrouble(file, "damaged JPEG at byte " + llvm::Twine(at) + ": " +
                                  (errors.message[0] ? errors.message : "the file ends too soon"));
  }

  TextFile file;
  Errors errors;
  jpeg_decompress_struct jpeg = {};
};

bool recognises(llvm::StringRef bytes) { return bytes.starts_with("\xff\xd8\xff"); }

} // namespace

const ImageFormat kJpeg = {
    .name = "JPEG", .recognises = recognises, .info = infoBy<Decoder>, .decode = decodeBy<Decoder>};
} // namespace dlc::data
