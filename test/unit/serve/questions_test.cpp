// Bodies in all their forms become the same samples, and what does not fit is refused before anything is computed.
// Whole requests over sockets are tested by test/e2e/serve.test.
#include "small_models.h"

#include "dlc/serve/answers.h"
#include "dlc/serve/questions.h"

#include "gmock/gmock.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace dlc::serve {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// The refusal of a body, "" if it is taken.
std::string refused(BodyForm form, llvm::StringRef body, const Model &model, unsigned status = 400) {
  Question question;
  auto refusal = readQuestion(form, body, model, question);
  if (!refusal)
    return "";
  EXPECT_EQ(refusal->status, status) << refusal->text;
  return refusal->text;
}

Question taken(BodyForm form, llvm::StringRef body, const Model &model) {
  Question question;
  auto refusal = readQuestion(form, body, model, question);
  EXPECT_FALSE(refusal) << refusal->text;
  return question;
}

TEST(Questions, ReadsArraysOfOneAndSeveralSamples) {
  auto model = test::classifier();
  Question one = taken(BodyForm::Json, "[1, 2.5, -3, 4e-1]", *model);
  EXPECT_THAT(one.values, ElementsAre(1, 2.5, -3, 0.4));
  EXPECT_TRUE(one.single);
  Question listed = taken(BodyForm::Json, "[[1, 2, 3, 4]]", *model);
  EXPECT_EQ(listed.rows, 1u);
  EXPECT_FALSE(listed.single);
  for (const char *body : {"[[1,2,3,4],[5,6,7,8]]", "[1,2,3,4,5,6,7,8]"}) {
    Question two = taken(BodyForm::Json, body, *model);
    EXPECT_EQ(two.rows, 2u);
    EXPECT_THAT(two.values, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
    EXPECT_EQ(two.shape, Shape{4});
  }
}

TEST(Questions, ReadsPicturesFlatAndNested) {
  auto model =
      test::modelOf("[model]\ninput = 2x3\noutput = input -> Flatten -> Linear(2)\n[train]\nloss = CrossEntropy\n");
  EXPECT_TRUE(taken(BodyForm::Json, "[[1,2,3],[4,5,6]]", *model).single);
  EXPECT_TRUE(taken(BodyForm::Json, "[1,2,3,4,5,6]", *model).single);
  EXPECT_EQ(taken(BodyForm::Json, "[[[1,2,3],[4,5,6]]]", *model).rows, 1u);
  EXPECT_EQ(taken(BodyForm::Json, "[[1,2,3,4,5,6],[1,2,3,4,5,6]]", *model).rows, 2u);
  EXPECT_THAT(taken(BodyForm::Bytes, llvm::StringRef("\0\1\xff\4\5\6", 6), *model).values,
              ElementsAre(0, 1, 255, 4, 5, 6));
  EXPECT_THAT(refused(BodyForm::Json, "[[1,2],[3,4],[5,6]]", *model), HasSubstr("shape [3,2]"));
}

TEST(Questions, RefusesArraysThatDoNotFit) {
  auto model = test::classifier({.maxRows = 2});
  EXPECT_EQ(refused(BodyForm::Json, "[1,2,3]", *model), "a sample has 4 numbers, got 3 numbers");
  EXPECT_THAT(refused(BodyForm::Json, "[[1,2,3,4],[1,2,3]]", *model), HasSubstr("a row of 3 elements after one of 4"));
  EXPECT_THAT(refused(BodyForm::Json, "[1,[2,3,4]]", *model), HasSubstr("an array where numbers came before"));
  EXPECT_THAT(refused(BodyForm::Json, "[[1,2,3,4],5]", *model), HasSubstr("a number where an array was expected"));
  EXPECT_THAT(refused(BodyForm::Json, "[[[]],[1]]", *model), HasSubstr("a number where an array was expected"));
  EXPECT_THAT(refused(BodyForm::Json, "[1,2,\"3\",4]", *model), HasSubstr("byte 5: expected a number"));
  EXPECT_THAT(refused(BodyForm::Json, "[1,2,3,1e999]", *model), HasSubstr("too large for f32"));
  EXPECT_THAT(refused(BodyForm::Json, "[1,2,3,3.4028235677973366e38]", *model), HasSubstr("too large for f32"));
  EXPECT_THAT(refused(BodyForm::Json, "[1,2,3,4", *model), HasSubstr("ends in the middle"));
  EXPECT_THAT(refused(BodyForm::Json, "{}", *model), HasSubstr("expected a JSON array"));
  EXPECT_NE(refused(BodyForm::Json, "[]", *model), "");
  EXPECT_NE(refused(BodyForm::Json, "[[]]", *model), "");
  EXPECT_THAT(refused(BodyForm::Json, "[1,2,3,4,5,6,7,8,9,10,11,12]", *model, 413), HasSubstr("more than 8 numbers"));
  EXPECT_EQ(refused(BodyForm::Csv, "1,2,3,4\n1,2,3,4\n1,2,3,4\n", *model, 413),
            "a request may have 2 samples at most (--max-batch), not 3");
  EXPECT_NE(refused(BodyForm::Bytes, std::string(12, '\1'), *model, 413), "");
  EXPECT_NE(refused(BodyForm::Bytes, "", *model), "");
  EXPECT_NE(refused(BodyForm::Csv, "\n\n", *model), "");
  EXPECT_NE(refused(BodyForm::Csv, "1,2,3\n", *model), "");
  EXPECT_NE(refused(BodyForm::Csv, "1,2,3,x\n", *model), "");
}

/// Texts on which rounding twice, or another parser, would show.
TEST(Questions, ReadsNumbersAsCsvDoes) {
  auto model = test::classifier({.maxRows = 8});
  const char *numbers[] = {"16777217",
                           "0.1",
                           "1.00000005960464485",
                           "3.4028235e38",
                           "1e-46",
                           "7e-46",
                           "1.0000001788139343",
                           "2.2250738585072011e-308",
                           "123456789012345678901",
                           "4.9e-324",
                           "1e-400",
                           "-0"};
  for (size_t i = 0; i + 4 <= std::size(numbers); i += 4) {
    std::string list = numbers[i];
    for (size_t k = 1; k < 4; ++k)
      list += std::string(",") + numbers[i + k];
    const Question json = taken(BodyForm::Json, "[" + list + "]", *model);
    const Question csv = taken(BodyForm::Csv, list + "\n", *model);
    const Question tensors = taken(
        BodyForm::Tensors,
        "{\"inputs\":[{\"name\":\"input\",\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[" + list + "]}]}", *model);
    EXPECT_EQ(json.values, csv.values) << list;
    EXPECT_EQ(json.values, tensors.values) << list;
  }
}

TEST(Questions, ReadsTensors) {
  auto model = test::classifier();
  const Question question = taken(BodyForm::Tensors,
                                  R"({"parameters":{"x":[1,{"y":null}]},"outputs":[{"name":"output"}],"inputs":[
        {"data":[[1,2,3,4],[5,6,7,8]],"shape":[2,4],"name":"input","datatype":"INT64","parameters":{}}],"id":"a\"b"})",
                                  *model);
  EXPECT_EQ(question.id, "a\"b");
  EXPECT_EQ(question.rows, 2u);
  EXPECT_FALSE(question.single);
  EXPECT_THAT(question.values, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
}

TEST(Questions, NamesWhatIsWrongWithTensors) {
  auto model = test::classifier({.maxRows = 4});
  auto with = [&](const std::string &name, const std::string &type, const std::string &shape, const std::string &data,
                  unsigned status = 400) {
    return refused(BodyForm::Tensors,
                   R"({"inputs":[{"name":)" + name + R"(,"datatype":)" + type + R"(,"shape":)" + shape + R"(,"data":)" +
                       data + "}]}",
                   *model, status);
  };
  EXPECT_EQ(with("\"input\"", "\"FP32\"", "[1,4]", "[1,2,3,4]"), "");
  EXPECT_EQ(with("\"input-0\"", "\"FP32\"", "[1,4]", "[1,2,3,4]"), "") << "there is but one";
  EXPECT_EQ(with("\"input\"", "\"BF16\"", "[1,4]", "[1,2,3,4]"),
            "input 'input', datatype: expected FP32, FP64, INT32, INT64 or UINT8, got 'BF16'");
  EXPECT_EQ(with("\"input\"", "\"FP32\"", "[2,2]", "[1,2,3,4]"), "input 'input', shape: expected [-1,4], got [2,2]");
  EXPECT_EQ(with("\"input\"", "\"FP32\"", "[4]", "[1,2,3,4]"), "input 'input', shape: expected [-1,4], got [4]");
  EXPECT_EQ(with("\"input\"", "\"FP32\"", "[1,4]", "[1,2,3]"),
            "input 'input', data: shape [1,4] has 4 elements, got 3");
  EXPECT_THAT(with("\"input\"", "\"FP32\"", "[1.5,4]", "[1,2,3,4]"), HasSubstr("whole numbers of at least 1, got 1.5"));
  EXPECT_THAT(with("\"input\"", "\"FP32\"", "[-1,4]", "[1,2,3,4]"), HasSubstr("got -1"));
  EXPECT_THAT(with("\"input\"", "\"FP32\"", "[0,4]", "[]"), HasSubstr("got 0"));
  EXPECT_THAT(with("\"input\"", "\"FP32\"", "[4294967296,4294967296]", "[1]"), HasSubstr("got 4294967296"));
  EXPECT_EQ(with("\"input\"", "\"UINT8\"", "[1,4]", "[1,2,256,4]"), "input 'input', data: 256 is no UINT8");
  EXPECT_EQ(with("\"input\"", "\"INT32\"", "[1,4]", "[1,2,0.5,4]"), "input 'input', data: 0.5 is no INT32");
  EXPECT_EQ(with("\"input\"", "\"INT32\"", "[1,4]", "[1,2,2147483648,4]"),
            "input 'input', data: 2147483648 is no INT32");
  EXPECT_THAT(with("\"input\"", "\"FP32\"", "[1,4]", "[true,2,3,4]"), HasSubstr("expected a number"));
  EXPECT_THAT(with("7", "\"FP32\"", "[1,4]", "[1,2,3,4]"), HasSubstr("expected a string"));
  EXPECT_NE(with("\"input\"", "\"FP32\"", "[5,4]", "[1,2,3,4,1,2,3,4,1,2,3,4,1,2,3,4,1,2,3,4]", 413), "");
  EXPECT_EQ(refused(BodyForm::Tensors, "{}", *model), "inputs: missing; expected an array with 'input'");
  EXPECT_EQ(refused(BodyForm::Tensors, R"({"inputs":[]})", *model), "inputs: empty; expected 'input'");
  EXPECT_EQ(refused(BodyForm::Tensors, R"({"outputs":[{"name":"x"}]})", *model),
            "outputs: no output 'x'; expected 'output'");
  EXPECT_NE(refused(BodyForm::Tensors, "[]", *model), "");
  EXPECT_NE(refused(BodyForm::Tensors, R"({"inputs":[{"name":"input"}]} x)", *model), "");
}

TEST(Questions, TakesSeveralInputsByName) {
  auto model = test::modelOf("[model]\ninput.left = 2\ninput.right = 1\nboth = Concat(input.left, input.right)\n"
                             "output.kind = both -> Linear(2)\noutput.size = both -> Linear(1)\n"
                             "[train]\nloss.kind = CrossEntropy\nloss.size = MSE\n");
  ASSERT_EQ(model->inputs().size(), 2u);
  const std::string right = R"({"name":"right","shape":[2,1],"datatype":"FP64","data":[30,31]})";
  const std::string left = R"({"name":"left","shape":[2,2],"datatype":"FP32","data":[1,2,3,4]})";
  const Question question = taken(BodyForm::Tensors, "{\"inputs\":[" + right + "," + left + "]}", *model);
  EXPECT_THAT(question.values, ElementsAre(1, 2, 30, 3, 4, 31));
  EXPECT_THAT(refused(BodyForm::Tensors, "{\"inputs\":[" + right + "]}", *model),
              HasSubstr("no input 'left' among them; got 'right'"));
  EXPECT_THAT(refused(BodyForm::Tensors,
                      "{\"inputs\":[" + left + R"(,{"name":"right","shape":[1,1],"datatype":"FP32","data":[5]}]})",
                      *model),
              HasSubstr("1 samples, but input 'left' has 2"));
  const Question sizes =
      taken(BodyForm::Tensors, "{\"inputs\":[" + right + "," + left + "],\"outputs\":[{\"name\":\"size\"}]}", *model);
  const float values[] = {0.25F, 0.75F, 7, 1, 0, 8};
  EXPECT_THAT(tensorAnswer<float>(*model, sizes, values).body,
              HasSubstr("\"outputs\":[{\"name\":\"size\",\"datatype\":\"FP32\",\"shape\":[2,1],\"data\":[7,8]}]"));
  const float scores[] = {-1, 1, 7, 3, 2, 8};
  EXPECT_EQ(simpleAnswer<float>(*model, question, values, scores),
            "[{\"kind\":{\"class\":\"1\",\"p\":[0.25,0.75]},\"size\":{\"values\":[7]}},"
            "{\"kind\":{\"class\":\"0\",\"p\":[1,0]},\"size\":{\"values\":[8]}}]\n");
}

/// The bytes of numbers as a machine of today has them.
template <class T> std::string bytesOf(std::initializer_list<T> values) {
  static_assert(std::endian::native == std::endian::little);
  return {reinterpret_cast<const char *>(values.begin()), values.size() * sizeof(T)};
}

/// A request of one input with so many bytes behind its JSON.
std::string binaryTensor(const std::string &type, const std::string &shape, const std::string &size,
                         const std::string &more = "") {
  return R"({"inputs":[{"name":"input","datatype":")" + type + R"(","shape":)" + shape +
         R"(,"parameters":{"binary_data_size":)" + size + "}" + more + "}]}";
}

TEST(Questions, ReadsTensorsInBytes) {
  auto model = test::classifier();
  auto read = [&](const std::string &json, const std::string &bytes) {
    Question question;
    auto refusal = readQuestion(BodyForm::Tensors, json + bytes, *model, question, json.size());
    EXPECT_FALSE(refusal) << refusal->text;
    return question;
  };
  const Question floats =
      read(binaryTensor("FP32", "[2,4]", "32"), bytesOf<float>({1, -2.5F, 0.1F, 1e-45F, 5, 6, 7, 8}));
  EXPECT_EQ(floats.rows, 2u);
  EXPECT_THAT(floats.values, ElementsAre(1, -2.5, double(0.1F), double(1e-45F), 5, 6, 7, 8));
  EXPECT_THAT(floats.binary, ElementsAre(false));
  EXPECT_THAT(read(binaryTensor("FP64", "[1,4]", "32"), bytesOf<double>({0.1, -0.0, 4.9e-324, 1e38})).values,
              ElementsAre(0.1, -0.0, 4.9e-324, 1e38));
  EXPECT_THAT(read(binaryTensor("UINT8", "[1,4]", "4"), bytesOf<uint8_t>({0, 1, 128, 255})).values,
              ElementsAre(0, 1, 128, 255));
  EXPECT_THAT(read(binaryTensor("INT32", "[1,4]", "16"), bytesOf<int32_t>({0, -1, INT32_MIN, INT32_MAX})).values,
              ElementsAre(0, -1, -0x1p31, 0x1p31 - 1));
  EXPECT_THAT(read(binaryTensor("INT64", "[1,4]", "32"), bytesOf<int64_t>({0, -1, INT64_MIN, INT64_MAX})).values,
              ElementsAre(0, -1, -0x1p63, 0x1p63));
  // The body is the tensor, as the description of the model says.
  Question raw;
  EXPECT_FALSE(readQuestion(BodyForm::Tensors, bytesOf<float>({1, 2, 3, 4, 5, 6, 7, 8}), *model, raw, 0));
  EXPECT_THAT(raw.values, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_EQ(raw.rows, 2u);
  EXPECT_THAT(raw.binary, ElementsAre(true));
}

TEST(Questions, TakesBytesForSomeOfSeveralInputs) {
  auto model = test::modelOf("[model]\ninput.left = 2\ninput.right = 1\nboth = Concat(input.left, input.right)\n"
                             "output.kind = both -> Linear(2)\noutput.size = both -> Linear(1)\n"
                             "[train]\nloss.kind = CrossEntropy\nloss.size = MSE\n");
  const std::string json =
      R"({"outputs":[{"name":"size"},{"name":"kind","parameters":{"binary_data":false,"x":[]}}],"inputs":[
      {"name":"right","shape":[2,1],"datatype":"UINT8","parameters":{"x":{},"binary_data_size":2}},
      {"name":"left","shape":[2,2],"datatype":"FP32","data":[1,2,3,4]}],"parameters":{"binary_data_output":true}})";
  Question question;
  auto refusal = readQuestion(BodyForm::Tensors, json + "\x1e\x1f", *model, question, json.size());
  ASSERT_FALSE(refusal) << refusal->text;
  EXPECT_THAT(question.values, ElementsAre(1, 2, 30, 3, 4, 31));
  EXPECT_THAT(question.binary, ElementsAre(true, false));
  const float values[] = {0.25F, 0.75F, 7, 1, 0, 8};
  const TensorAnswer answer = tensorAnswer<float>(*model, question, values);
  ASSERT_TRUE(answer.jsonBytes);
  EXPECT_EQ(
      answer.body.substr(0, *answer.jsonBytes),
      R"({"model_name":"net","model_version":"1","outputs":[{"name":"size","datatype":"FP32","shape":[2,1],)"
      R"("parameters":{"binary_data_size":8}},{"name":"kind","datatype":"FP32","shape":[2,2],"data":[0.25,0.75,1,0]}]})"
      "\n");
  EXPECT_EQ(answer.body.substr(*answer.jsonBytes), bytesOf<float>({7, 8}));
}

TEST(Questions, NamesWhatIsWrongWithBytes) {
  auto model = test::classifier({.maxRows = 4});
  auto with = [&](const std::string &json, const std::string &bytes, unsigned status = 400,
                  std::optional<size_t> jsonBytes = std::nullopt) {
    Question question;
    auto refusal =
        readQuestion(BodyForm::Tensors, json + bytes, *model, question, jsonBytes ? *jsonBytes : json.size());
    EXPECT_TRUE(refusal) << json;
    EXPECT_TRUE(!refusal || refusal->status == status) << refusal->text;
    return refusal ? refusal->text : "";
  };
  const std::string four = bytesOf<float>({1, 2, 3, 4});
  EXPECT_EQ(with(binaryTensor("FP32", "[1,4]", "12"), four.substr(4)),
            "input 'input', parameters.binary_data_size: shape [1,4] of FP32 has 16 bytes, got 12");
  EXPECT_EQ(with(binaryTensor("FP64", "[1,4]", "16"), four),
            "input 'input', parameters.binary_data_size: shape [1,4] of FP64 has 32 bytes, got 16");
  EXPECT_EQ(with(binaryTensor("FP32", "[1,4]", "16"), four.substr(1)),
            "input 'input', parameters.binary_data_size: got 16, but 15 bytes of the body are left; "
            "Inference-Header-Content-Length says where its JSON ends");
  EXPECT_EQ(with(binaryTensor("FP32", "[1,4]", "16"), four + "x"),
            "body: expected 16 bytes behind its JSON, as the tensors say by binary_data_size, got 17");
  EXPECT_EQ(with(binaryTensor("FP32", "[1,4]", "16", R"(,"data":[1,2,3,4])"), four),
            "input 'input', parameters.binary_data_size: the tensor has data as well; expected one of them");
  for (const char *size : {"-16", "16.5", "1e300"})
    EXPECT_THAT(with(binaryTensor("FP32", "[1,4]", size), four), HasSubstr("parameters.binary_data_size: "));
  EXPECT_THAT(with(binaryTensor("FP32", "[1,4]", "\"16\""), four), HasSubstr("expected a number"));
  EXPECT_EQ(with(binaryTensor("FP16", "[1,4]", "16"), four),
            "input 'input', datatype: expected FP32, FP64, INT32, INT64 or UINT8, got 'FP16'");
  EXPECT_EQ(with(binaryTensor("FP32", "[1000000000,1000000000]", "16"), four),
            "input 'input', shape: expected [-1,4], got [1000000000,1000000000]");
  EXPECT_EQ(with(binaryTensor("FP32", "[5,4]", "80"), four + four + four + four + four, 413),
            "input 'input', shape: a request may have 4 samples at most (--max-batch), got 5");
  EXPECT_EQ(
      with(binaryTensor("FP32", "[1,4]", "16"), bytesOf<float>({1, 2, std::numeric_limits<float>::infinity(), 4})),
      "input 'input', data: element 2 is not a finite number");
  EXPECT_EQ(with(binaryTensor("FP64", "[1,4]", "32"), bytesOf<double>({1, 1e39, 3, 4})),
            "input 'input', data: element 1 is too large for f32");
  EXPECT_THAT(with(binaryTensor("FP64", "[1,4]", "32"), bytesOf<double>({std::nan(""), 1, 3, 4})),
              HasSubstr("element 0 is not a finite number"));
  EXPECT_EQ(with("", four, 400, 17),
            "Inference-Header-Content-Length: expected at most 16, the bytes of the body, got 17");
  EXPECT_EQ(with("", four.substr(1), 400, 0), "body: a sample has 4 numbers of FP32, that is 16 bytes, got 15");
  EXPECT_THAT(with("", "", 400, 0), HasSubstr("got 0"));
  EXPECT_THAT(with("{}", four, 400, 2), HasSubstr("inputs: missing"));
  EXPECT_THAT(with("{\"inputs\"", four, 400, 9), HasSubstr("byte 9: "));
}

TEST(Answers, HaveTheirForms) {
  auto model = test::classifier();
  Question question = taken(BodyForm::Json, "[1,2,3,4]", *model);
  const float values[] = {0.25F, 0.5F, std::numeric_limits<float>::infinity()}, scores[] = {1, 2, 3};
  EXPECT_EQ(simpleAnswer<float>(*model, question, values, scores), "{\"class\":\"2\",\"p\":[0.25,0.5,null]}\n");
  question.single = false;
  EXPECT_EQ(simpleAnswer<float>(*model, question, values, scores), "[{\"class\":\"2\",\"p\":[0.25,0.5,null]}]\n");
  question.id = "x\n";
  EXPECT_EQ(tensorAnswer<float>(*model, question, values).body,
            "{\"model_name\":\"net\",\"model_version\":\"1\",\"id\":\"x\\n\",\"outputs\":[{\"name\":\"output\","
            "\"datatype\":\"FP32\",\"shape\":[1,3],\"data\":[0.25,0.5,null]}]}\n");
  EXPECT_EQ(errorAnswer("a \"b\""), "{\"error\":\"a \\\"b\\\"\"}\n");
}

} // namespace
} // namespace dlc::serve
