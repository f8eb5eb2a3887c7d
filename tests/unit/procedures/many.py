"""Procedures by the thousand, made up, so that the right one has to be found among many."""

from __future__ import annotations

import itertools
import random
from collections.abc import Collection

from kiosk.procedures.procedure import Procedure

_ACTIONS = [
    "Cấp",
    "Cấp lại",
    "Cấp đổi",
    "Gia hạn",
    "Thu hồi",
    "Điều chỉnh",
    "Đăng ký",
    "Đăng ký thay đổi",
    "Thẩm định",
    "Phê duyệt",
    "Công nhận",
    "Xác nhận",
    "Chấm dứt",
    "Thông báo",
    "Khai báo",
    "Hỗ trợ",
    "Giải quyết",
    "Bổ sung",
    "Tạm ngừng",
    "Chuyển nhượng",
]
_THINGS = {
    "Y tế": [
        "giấy phép hoạt động phòng khám đa khoa",
        "chứng chỉ hành nghề dược",
        "giấy chứng nhận đủ điều kiện kinh doanh thuốc",
        "hồ sơ công bố mỹ phẩm",
        "giấy xác nhận nội dung quảng cáo thực phẩm",
        "giấy chứng sinh cho trẻ sinh ngoài cơ sở y tế",
        "giấy khám sức khỏe cho người lái xe",
        "chế độ phụ cấp cô đỡ thôn bản",
    ],
    "Giáo dục và đào tạo": [
        "quyết định thành lập trường mầm non tư thục",
        "bản sao văn bằng, chứng chỉ từ sổ gốc",
        "học bổng cho học sinh khuyết tật",
        "giấy phép dạy thêm học thêm",
        "chuyển trường đối với học sinh trung học",
        "hỗ trợ học phí cho sinh viên dân tộc thiểu số",
        "tuyển sinh vào lớp 10",
        "bằng tốt nghiệp trung học phổ thông bị mất",
    ],
    "Giao thông vận tải": [
        "giấy phép lái xe quốc tế",
        "phù hiệu xe hợp đồng",
        "biển hiệu phương tiện vận tải khách du lịch",
        "giấy phép xe tập lái",
        "đăng ký phương tiện thủy nội địa",
        "bến khách ngang sông",
        "giấy phép liên vận Việt Lào",
        "tuyến xe buýt liền kề",
    ],
    "Công thương": [
        "giấy phép bán lẻ rượu",
        "giấy phép bán buôn thuốc lá",
        "giấy chứng nhận đủ điều kiện cửa hàng bán lẻ xăng dầu",
        "khuyến mại mang tính may rủi",
        "giấy phép sử dụng vật liệu nổ công nghiệp",
        "cụm công nghiệp",
        "giấy phép kinh doanh chợ",
    ],
    "Văn hóa, thể thao": [
        "giấy phép karaoke",
        "biểu diễn nghệ thuật trên địa bàn",
        "lễ hội quy mô cấp xã",
        "giấy phép hoạt động thư viện tư nhân",
        "câu lạc bộ thể thao cơ sở",
        "danh hiệu gia đình văn hóa",
        "di tích lịch sử cấp tỉnh",
        "di vật, cổ vật",
    ],
    "Lao động, việc làm": [
        "giấy phép lao động cho người nước ngoài",
        "trợ cấp thất nghiệp chuyển nơi hưởng",
        "nội quy lao động",
        "hợp đồng đưa người đi làm ở nước ngoài",
        "thỏa ước lao động tập thể",
        "hỗ trợ đào tạo nghề cho người khuyết tật",
        "giấy chứng nhận huấn luyện an toàn lao động",
    ],
    "Nông nghiệp": [
        "mã số vùng trồng",
        "giấy chứng nhận kiểm dịch động vật",
        "giấy phép buôn bán thuốc bảo vệ thực vật",
        "giấy chứng nhận trang trại",
        "nguồn gốc gỗ trước khi xuất khẩu",
        "giấy phép nuôi động vật rừng",
        "giấy phép khai thác thủy sản",
        "giống cây trồng lâm nghiệp",
    ],
    "Tài nguyên, môi trường": [
        "giấy phép môi trường",
        "giấy phép khai thác khoáng sản",
        "báo cáo đánh giá tác động môi trường",
        "giấy phép xả thải vào nguồn nước",
        "bản đồ địa chính",
        "giấy phép khai thác nước mặt",
        "giá đất cụ thể",
        "phương án bồi thường tái định cư khi thu hồi đất",
    ],
    "Xây dựng": [
        "chứng chỉ hành nghề hoạt động xây dựng",
        "giấy phép xây dựng công trình quảng cáo",
        "hồ sơ thiết kế cơ sở",
        "số nhà và gắn biển số nhà",
        "hợp đồng mua bán nhà ở thuộc tài sản công",
        "giấy phép đào đường",
        "nhà chung cư bị hư hỏng",
    ],
    "Tư pháp": [
        "thẻ luật sư",
        "văn phòng công chứng",
        "hành nghề thừa phát lại",
        "quốc tịch Việt Nam",
        "phiếu lý lịch tư pháp",
        "trợ giúp pháp lý cho người nghèo",
        "hòa giải viên lao động",
        "văn phòng con nuôi nước ngoài",
        "kết hôn với người không quốc tịch",
        "giám định tư pháp theo vụ việc",
        "đấu giá tài sản",
        "khai sinh cho trẻ em bị bỏ rơi ở cơ sở bảo trợ",
    ],
    "Nội vụ": [
        "con dấu của hội",
        "điều lệ quỹ từ thiện",
        "hoạt động tôn giáo tập trung",
        "hội nghị thường niên của hội",
        "tặng thưởng bằng khen",
        "thi tuyển công chức",
        "liệt sĩ chuyển hài cốt về quê",
        "chế độ thương binh tái phát",
        "nghĩa trang liệt sĩ thăm viếng",
        "thẻ bảo hiểm y tế cho thân nhân quân nhân",
        "mai táng phí cho dân công hỏa tuyến",
    ],
    "Kế hoạch, đầu tư": [
        "giấy chứng nhận đăng ký đầu tư",
        "doanh nghiệp tư nhân",
        "công ty trách nhiệm hữu hạn một thành viên",
        "chi nhánh, văn phòng đại diện doanh nghiệp",
        "mã số thuế cá nhân",
        "hợp tác xã tạm ngừng kinh doanh",
        "ưu đãi đầu tư",
        "giải thể doanh nghiệp",
    ],
    "Công an": [
        "giấy phép vận chuyển vật liệu nổ",
        "tập huấn phòng cháy chữa cháy",
        "thẻ căn cước cho người gốc Việt Nam",
        "giấy phép mang vũ khí",
        "thị thực cho người nước ngoài",
        "hộ chiếu phổ thông ở trong nước",
        "điều kiện an ninh trật tự cho nhà nghỉ",
        "mẫu con dấu cơ quan",
        "biển số xe trúng đấu giá",
        "tạm trú cho học viên nước ngoài",
    ],
}
_SCOPES = [
    "",
    "thuộc thẩm quyền của cấp tỉnh",
    "có yếu tố nước ngoài",
    "đối với tổ chức",
    "đối với hộ gia đình, cá nhân",
    "tại khu vực biên giới",
    "trong trường hợp bị mất, bị hỏng",
    "do thay đổi thông tin",
    "trên địa bàn hai huyện trở lên",
    "cho người dân tộc thiểu số",
    "theo quy định của Chính phủ",
    "đối với cơ sở sản xuất, kinh doanh",
    "lần đầu",
    "trực tuyến toàn trình",
    "cho trẻ em dưới 16 tuổi",
]


def distractors(count: int, taken: Collection[str] = (), seed: int = 5) -> list[Procedure]:
    """So many procedures with different names; their codes begin with 8 and are none of ``taken``."""
    names = [
        (f"{action} {thing} {scope}".strip(), field)
        for field, things in _THINGS.items()
        for action, thing, scope in itertools.product(_ACTIONS, things, _SCOPES)
    ]
    dice = random.Random(seed)  # noqa: S311
    codes = (f"8.{number:06d}" for number in itertools.count(1))
    free = (code for code in codes if code not in taken)
    return [
        Procedure(code=code, name=name, field=field, level="Cấp tỉnh")
        for code, (name, field) in zip(free, dice.sample(names, count), strict=False)
    ]
