"""Where demo people live, and what people there are called. All names are made up."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A country (ISO 3166-1 alpha-2): how many people there, relative; zones; whose names."""

    country: str
    weight: int
    zones: tuple[str, ...]
    names: str


PLACES = (
    Place("US", 230, ("America/New_York", "America/Los_Angeles", "America/Chicago"), "english"),
    Place("KR", 95, ("Asia/Seoul",), "korean"),
    Place("IN", 85, ("Asia/Kolkata",), "indian"),
    Place("DE", 70, ("Europe/Berlin",), "german"),
    Place("JP", 62, ("Asia/Tokyo",), "japanese"),
    Place("GB", 60, ("Europe/London",), "english"),
    Place("BR", 50, ("America/Sao_Paulo", "America/Manaus"), "portuguese"),
    Place("CA", 46, ("America/Toronto", "America/Vancouver"), "english"),
    Place("FR", 44, ("Europe/Paris",), "french"),
    Place("CN", 38, ("Asia/Shanghai",), "chinese"),
    Place("ES", 30, ("Europe/Madrid",), "spanish"),
    Place("NL", 28, ("Europe/Amsterdam",), "dutch"),
    Place("AU", 27, ("Australia/Sydney", "Australia/Perth"), "english"),
    Place("PL", 25, ("Europe/Warsaw",), "polish"),
    Place("TW", 22, ("Asia/Taipei",), "chinese"),
    Place("IT", 21, ("Europe/Rome",), "italian"),
    Place("SE", 18, ("Europe/Stockholm",), "nordic"),
    Place("VN", 17, ("Asia/Ho_Chi_Minh",), "vietnamese"),
    Place("ID", 16, ("Asia/Jakarta",), "indonesian"),
    Place("TR", 15, ("Europe/Istanbul",), "turkish"),
    Place("SG", 14, ("Asia/Singapore",), "chinese"),
    Place("UA", 13, ("Europe/Kyiv",), "slavic"),
    Place("CH", 12, ("Europe/Zurich",), "german"),
    Place("MX", 12, ("America/Mexico_City",), "spanish"),
    Place("IL", 11, ("Asia/Jerusalem",), "hebrew"),
    Place("AR", 10, ("America/Argentina/Buenos_Aires",), "spanish"),
    Place("PT", 9, ("Europe/Lisbon",), "portuguese"),
    Place("NO", 8, ("Europe/Oslo",), "nordic"),
    Place("DK", 8, ("Europe/Copenhagen",), "nordic"),
    Place("CZ", 8, ("Europe/Prague",), "slavic"),
    Place("AT", 7, ("Europe/Vienna",), "german"),
    Place("FI", 7, ("Europe/Helsinki",), "nordic"),
    Place("NG", 6, ("Africa/Lagos",), "african"),
    Place("TH", 6, ("Asia/Bangkok",), "thai"),
    Place("RO", 5, ("Europe/Bucharest",), "slavic"),
    Place("BE", 5, ("Europe/Brussels",), "dutch"),
    Place("IE", 5, ("Europe/Dublin",), "english"),
    Place("CO", 4, ("America/Bogota",), "spanish"),
    Place("ZA", 4, ("Africa/Johannesburg",), "african"),
    Place("KE", 3, ("Africa/Nairobi",), "african"),
    Place("EE", 3, ("Europe/Tallinn",), "nordic"),
    Place("NZ", 3, ("Pacific/Auckland",), "english"),
    Place("CL", 2, ("America/Santiago",), "spanish"),
    Place("EG", 2, ("Africa/Cairo",), "arabic"),
)

GIVEN_NAMES = {
    "english": "Maya Owen Ruby Caleb Nora Felix Hazel Jude Ivy Miles Tessa Reid Clara Dean",
    "korean": "Minjun Seoyeon Jiho Haeun Dohyun Yuna Taeyang Sora Junseo Mina Hyunwoo Jiwoo",
    "indian": "Aarav Diya Rohan Ananya Vikram Isha Kabir Meera Arjun Priya Nikhil Tara",
    "german": "Jonas Lena Moritz Frieda Till Greta Lukas Marlene Anton Ida Emil Paula",
    "japanese": "Haruto Yui Ren Sakura Sota Hina Kaito Mei Riku Aoi Yuto Nanami",
    "portuguese": "Thiago Beatriz Caio Larissa Davi Marina Rafael Inês Bruno Clarice Otávio Lívia",
    "french": "Louise Hugo Camille Théo Manon Rémi Élise Bastien Noémie Luc Margot Yann",
    "chinese": "Wei Xinyi Hao Yuting Jun Meiling Chen Ruolan Bo Jiayi Zihan Yifan",
    "spanish": "Lucía Mateo Carmen Diego Elena Pablo Nuria Iván Valeria Tomás Marta Joaquín",
    "dutch": "Daan Sanne Bram Fleur Joris Lotte Ruben Anouk Thijs Maud Sem Eva",
    "polish": "Kacper Zofia Jakub Hanna Mateusz Ola Piotr Maja Szymon Kinga Igor Lena",
    "italian": "Matteo Giulia Luca Chiara Davide Sofia Elia Martina Nico Alice Pietro Bianca",
    "nordic": "Astrid Erik Freja Oskar Signe Lars Elin Mikkel Saga Aksel Tuva Leo",
    "vietnamese": "Minh Linh Khoa Thảo Duy Hương Quân Trang Bảo Ngọc Long Mai",
    "indonesian": "Adi Sari Bayu Dewi Rizky Putri Eka Wulan Fajar Intan Galih Ratna",
    "turkish": "Emre Elif Kerem Defne Mert Zeynep Can Ece Deniz Selin Ozan Naz",
    "slavic": "Oksana Dmytro Iryna Taras Eliška Tomáš Ana Andrei Olena Vlad Klára Marek",
    "hebrew": "Noam Tamar Eitan Shira Yoav Maya Omer Noa Amit Talia Gil Adi",
    "african": "Amara Chidi Zola Kofi Nala Tunde Imani Sipho Adaeze Jabari Wanjiru Thabo",
    "thai": "Nattapong Ploy Krit Mali Anong Somchai Fah Prem Dao Arthit Nim Chai",
    "arabic": "Omar Layla Karim Salma Youssef Nour Tarek Hana Ziad Mariam Adham Dina",
}
FAMILY_NAMES = {
    "english": "Hartwell Okafor Lindqvist Bramley Castellan Draper Fenwick Marlowe Quill Sorrel",
    "korean": "Kim Park Lee Choi Jung Kang Yoon Seo Han Bae",
    "indian": "Menon Kapoor Iyer Bose Reddy Joshi Nair Chawla Desai Rao",
    "german": "Albrecht Brandt Kessler Vogel Lindner Seidel Harms Reuter Wolff Ziegler",
    "japanese": "Mori Tanabe Hayashi Kubo Ishida Ono Fujita Sakai Noda Arai",
    "portuguese": "Moreira Tavares Bastos Queiroz Pacheco Lobo Farias Teles Nogueira Prado",
    "french": "Moreau Lacroix Bertin Garnier Pascal Delorme Vasseur Renard Chevallier Blin",
    "chinese": "Lin Zhou Tang Xu He Luo Deng Fan Shen Qiu",
    "spanish": "Ibarra Solano Medina Rivas Cordero Vega Molina Pardo Reyes Luna",
    "dutch": "Vermeer Hoekstra Mulder Kuipers Postma Brouwer Dekker Visser Smit Bos",
    "polish": "Zawada Lis Borowski Wilk Sikora Maj Krol Wrona Dudek Zych",
    "italian": "Ferri Lombardi Greco Testa Marini Bassi Conti Vitale Serra Rinaldi",
    "nordic": "Holm Berg Lund Dahl Strand Vik Nyberg Ravn Koski Eld",
    "vietnamese": "Nguyen Tran Pham Vo Bui Dang Do Ho Ngo Duong",
    "indonesian": "Santoso Wijaya Pratama Nugroho Hidayat Saputra Lestari Gunawan Kusuma Siregar",
    "turkish": "Aydin Demir Kaya Yildiz Polat Arslan Tekin Ozer Koc Uslu",
    "slavic": "Kovalenko Novotny Popescu Melnyk Horak Ionescu Bondar Svoboda Tkach Dvorak",
    "hebrew": "Mizrahi Peretz Alon Shaked Barak Regev Dayan Carmel Levin Golan",
    "african": "Adeyemi Mensah Dlamini Otieno Eze Mwangi Nkosi Balogun Kamau Abara",
    "thai": "Srisai Boonmee Chaiyo Suksan Rattana Wongsa Kaewta Phan Thongdee Intara",
    "arabic": "Haddad Mansour Saleh Farouk Nasser Amin Khalil Rahman Zaki Hosny",
}
NICKNAMES = (
    "pixel ember nimbus quartz marble cobalt willow comet falcon otter lantern velvet maple "
    "cipher kernel lambda monad vector tensor bytes stack socket daemon octet"
)
NICKNAME_ENDS = "fox dev labs smith wave forge craft owl run bit byte works codes build ops"
